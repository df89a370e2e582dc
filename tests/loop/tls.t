#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A certificate that does not verify is refused, in words; a file with a key is nobody else's.
. "$abs_top_srcdir/tests/tap/tap.sh"
export ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0"
command -v openssl >"$tmp/which" || skip_all "openssl is not installed"
cd "$tmp" || bail "no folder"

fetch() { "$abs_top_builddir/tests/loop/fetch" "$abs_top_builddir/.libs" http connect_timeout=5000 "$@" 2>&1; }

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=portal -addext subjectAltName=IP:127.0.0.1 \
    -keyout key.pem -out cert.pem 2>req.log || bail "openssl cannot make a certificate"
openssl s_server -accept 127.0.0.1:0 -key key.pem -cert cert.pem -www >server.log 2>&1 &
server=$!
trap 'kill $server; rm -rf "$tmp"' EXIT
tries=0
while ! grep -q '^ACCEPT .*:[0-9]' server.log; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || bail "the server does not start"
    sleep 0.1
done
port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' server.log)
url=https://127.0.0.1:$port/

like "$(fetch "url=$url")" '^failed -4: https://127.0.0.1:[0-9]*/: SSL certificate problem: self.signed certificate' \
    "a certificate that nobody signed"
like "$(fetch "url=$url" ca_file="$tmp/cert.pem")" '^body 127.0.0.1:[0-9]* [0-9]+: ' "trusted by ca_file"
like "$(fetch "url=https://localhost:$port/" ca_file="$tmp/cert.pem")" "^failed -4: .*subject name" \
    "a certificate of somebody else"
like "$(fetch "url=$url" ca_file="$tmp/none.pem")" "^failed -1: .*certificate .*none.pem" \
    "a ca_file that is not there"
like "$(fetch "url=http://127.0.0.1:$port/")" "^failed -(4|10): " "plain HTTP to a TLS port"
like "$(fetch "url=https://anna:s3cret@127.0.0.1:$port/x?key=s3cret")" \
    '^failed -4: https://127.0.0.1:[0-9]*/x: SSL' "no error tells user, password or query"

# The host reads secrets for plugins.
secret() { fetch "url=$url" ca_file="$tmp/cert.pem" header_file="$tmp/secret"; }
echo "Authorization: Bearer t0ken" >secret && chmod 600 secret
like "$(secret)" '^body ' "a secret of one line"
chmod 644 secret
like "$(secret)" 'secret: holds a secret but everybody may read it' "readable by everybody"
chmod 602 secret
like "$(secret)" 'secret: holds a secret but everybody may write it' "writable by everybody"
chmod 600 secret
printf 'X-A: b\nX-C: d\n' >secret
like "$(secret)" 'secret: must be one line' "two lines"
printf '\n' >secret
like "$(secret)" 'secret: is empty' "none"
head -c 5000 /dev/zero | tr '\0' x >secret
like "$(secret)" 'secret: is longer than 4095 bytes' "too long"
rm secret
like "$(secret)" 'failed -5: .*secret: cannot be opened' "absent"
mkdir secret && chmod 700 secret
like "$(secret)" 'secret: is not a regular file' "a folder"
done_testing
