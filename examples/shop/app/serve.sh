#!/bin/sh
# One application instance: answers each reader of its pipe with its notes and with what the ledger says.
name=$(hostname)
pipe=/run/shop/${name##*-}.pipe
trap 'rm -f "$pipe"; exit 0' TERM
rm -f "$pipe"
mkfifo -m 660 "$pipe"
while :; do
    (
        echo "${name##*-} of ${SHOP_NAME}: $(cat /srv/notes/note.txt)"
        echo "${name##*-} asked the ledger: $(wget -q -O - http://books:8000/)"
    ) > "$pipe" &
    wait $!
done
