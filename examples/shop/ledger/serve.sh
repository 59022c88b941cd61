#!/bin/sh
# The ledger: a small HTTP server whose only page is the balance.
trap 'exit 0' TERM
mkdir -p /srv/ledger
echo "balance 42" > /srv/ledger/index.html
httpd -f -p 8000 -h /srv/ledger &
wait
