#!/bin/sh
# Installing a package does not start its service.
exit 101
