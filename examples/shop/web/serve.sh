#!/bin/sh
# The front end: serves one page, made anew for each request from what both application instances answer.
trap 'exit 0' TERM
mkdir -p /srv/www/cgi-bin
ln -sf /usr/local/bin/page /srv/www/cgi-bin/page
httpd -f -p 8080 -h /srv/www &
wait
