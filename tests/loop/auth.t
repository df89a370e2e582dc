#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who asks is proven by certificate, token or signature, through a proxy if need be; the proxy of
# the environment is not used, what is for the portal is not told to the proxy, and no secret is
# in what is told to people.
. "$abs_top_srcdir/tests/tap/tap.sh"
export ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0"
command -v openssl >"$tmp/which" || skip_all "openssl is not installed"
cd "$tmp" || bail "no folder"
servers=
trap 'for pid in $servers; do kill $pid; done; rm -rf "$tmp"' EXIT
umask 077
fetch() { "$abs_top_builddir/tests/loop/fetch" "$abs_top_builddir/.libs" http connect_timeout=5000 "$@" 2>&1 | tee -a said; }
wait_for() { # FILE PATTERN
    tries=0
    until grep -q "$2" "$1" 2>>none; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || bail "$1 does not come: $(cat "$1")"
        sleep 0.05
    done
}

# ---- certificates -----------------------------------------------------------------------------
for who in portal bureau other; do
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$who" -addext subjectAltName=IP:127.0.0.1 \
        -keyout $who.key -out $who.pem 2>>req.log || bail "openssl cannot make a certificate"
done
openssl s_server -accept 127.0.0.1:0 -key portal.key -cert portal.pem -CAfile bureau.pem -Verify 1 \
    -verify_return_error -www >tls.log 2>&1 &
servers=$!
wait_for tls.log '^ACCEPT .*:[0-9]'
url=https://127.0.0.1:$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' tls.log)/
mtls() { fetch url="$url" ca_file="$tmp/portal.pem" "$@"; }
like "$(mtls client_cert_file="$tmp/bureau.pem" client_key_file="$tmp/bureau.key")" '^body ' "a certificate the portal knows"
cat bureau.pem bureau.key >both.pem
like "$(mtls client_cert_file="$tmp/both.pem")" '^body ' "with its key in the same file"
like "$(mtls)" '^failed -4: ' "without one: refused"
like "$(mtls client_cert_file="$tmp/other.pem" client_key_file="$tmp/other.key")" '^failed -4: ' "with one it does not know: refused"
like "$(mtls client_cert_file="$tmp/bureau.pem" client_key_file="$tmp/other.key")" '^failed -1: .*(key|certificate)' \
    "with the key of another: said so"
like "$(mtls client_cert_file="$tmp/none.pem" client_key_file="$tmp/bureau.key")" '^failed -1: .*none.pem' "absent: named"
chmod 644 bureau.key
like "$(mtls client_cert_file="$tmp/bureau.pem" client_key_file="$tmp/bureau.key")" 'bureau.key: holds a key but everybody' \
    "a key that everybody may read: refused"

# ---- a proxy ----------------------------------------------------------------------------------
cat >proxy.py <<'END'
import http.server, os, sys
class Proxy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open("seen", "a") as file:
            file.write("%s %s\n%s\n" % (self.command, self.path, self.headers))
        known = self.headers.get("Proxy-Authorization") == "Basic YW5uYTpzM2NyZXQ="
        body = b"through" if known else b"who are you"
        self.send_response(200 if known else 407)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_CONNECT = do_GET
    def log_message(self, *_):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Proxy)
with open("proxy.new", "w") as file:
    file.write("%d\n" % server.server_port)
os.rename("proxy.new", "proxy.port")
server.serve_forever()
END
python3 proxy.py &
servers="$servers $!"
wait_for proxy.port .
proxy=http://127.0.0.1:$(cat proxy.port)
echo anna:s3cret >known
echo anna:wr0ng >unknown
echo t0ken >token
portal="http://portal.invalid/data.csv?key=qu3ry"
like "$(fetch url="$portal" proxy="$proxy" proxy_auth_file="$tmp/known")" '^body data.csv 7: through' "through a proxy that knows us"
like "$(cat seen)" 'GET http://portal.invalid/data.csv' "which was asked for the whole URL"
like "$(fetch url="$portal" proxy="$proxy" proxy_auth_file="$tmp/unknown")" '^failed -10: http://portal.invalid/data.csv: HTTP 407' \
    "a proxy that does not: told"
: >seen
like "$(fetch url=https://portal.invalid/ proxy="$proxy" proxy_auth_file="$tmp/unknown" auth=bearer token_file="$tmp/token")" \
    '^failed -4: .*407' "https goes through a tunnel"
like "$(cat seen)" '^CONNECT portal.invalid:443' "that is asked for"
is "$(grep -c t0ken seen)" 0 "and the proxy is not told the portal's token"
: >seen
like "$(http_proxy=$proxy HTTP_PROXY=$proxy ALL_PROXY=$proxy fetch url="http://portal.invalid/")" '^failed -4: .*resolve' \
    "the proxy of the environment"
is "$(cat seen)" "" "is not used"
like "$(NO_PROXY='*' no_proxy='*' fetch url="$portal" proxy="$proxy" proxy_auth_file="$tmp/known")" '^body ' \
    "nor are its exceptions"
like "$(fetch url="$portal" proxy="http://anna:s3cret@127.0.0.1:1")" 'proxy_auth_file is the place' "a password in the proxy: refused"
is "$(grep -cE 's3cret|wr0ng|t0ken|qu3ry|BEGIN' said)" 0 "no secret is told"
done_testing
