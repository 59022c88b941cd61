#!/bin/sh
printf 'Content-Type: text/plain\r\n\r\n'
cat /srv/content/welcome.txt
for pipe in /run/shop/*.pipe; do
    timeout 5 head -n 2 "$pipe"
done
