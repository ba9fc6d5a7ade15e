#!/bin/sh
update-ca-certificates
exec "$@"
