/** Programs that a language's own TLS speaks through, and C programs over libraries that have no tool of their own. */

/** All cases in one run: JSON in, `[index, accepted, words]` a line out. */
export const php = `<?php
foreach (json_decode(stream_get_contents(STDIN), true) as $i => $c) {
  file_put_contents('/tmp/imgtrust/php.pem', implode('', $c['store']));
  $words = '';
  set_error_handler(function ($n, $text) use (&$words) { $words .= $text . ' '; return true; });
  $context = stream_context_create(['ssl' => ['cafile' => '/tmp/imgtrust/php.pem', 'peer_name' => $c['host']]]);
  unset($e);
  $s = stream_socket_client('tls://127.0.0.1:' . $c['port'], $n, $text, 10, STREAM_CLIENT_CONNECT, $context);
  if ($s) { fwrite($s, "GET / HTTP/1.0\\r\\n\\r\\n"); fread($s, 100); fclose($s); }
  echo json_encode([$i, (bool) $s, preg_replace('/\\s+/', ' ', str_replace(['stream_socket_client(): ', 'SSL operation failed with code 1. OpenSSL Error messages:', 'Failed to enable crypto'], '', preg_replace('/Unable to connect.*/', '', $words)))]), "\\n";
}
`
export const ruby = `
require 'json'; require 'socket'; require 'openssl'
JSON.parse(STDIN.read).each_with_index do |c, i|
  begin
    store = OpenSSL::X509::Store.new
    c['store'].each { |pem| begin; store.add_cert(OpenSSL::X509::Certificate.new(pem)); rescue OpenSSL::X509::StoreError; end }
    context = OpenSSL::SSL::SSLContext.new
    context.set_params(cert_store: store)
    tcp = TCPSocket.new('127.0.0.1', c['port'])
    ssl = OpenSSL::SSL::SSLSocket.new(tcp, context)
    ssl.hostname = c['host'] unless c['host'] =~ /\\A[0-9.]+\\z/
    ssl.sync_close = true
    ssl.connect
    ssl.post_connection_check(c['host'])
    ssl.write("GET / HTTP/1.0\\r\\n\\r\\n"); ssl.read
    ssl.close
    puts JSON.generate([i, true, ''])
  rescue StandardError => e
    puts JSON.generate([i, false, e.message.encode('UTF-8', invalid: :replace)])
  end
end
`
export const perl = `
use strict; use IO::Socket::SSL; use JSON::PP;
$| = 1;
local $/; my $all = decode_json(<STDIN>); my $i = 0;
for my $c (@$all) {
  my $why = '';
  open(my $f, '>', '/tmp/imgtrust/perl.pem'); print $f join('', @{$c->{store}}); close $f;
  my $s = IO::Socket::SSL->new(PeerHost => '127.0.0.1', PeerPort => $c->{port}, SSL_hostname => ($c->{host} =~ /^[0-9.]+$/ ? '' : $c->{host}),
    SSL_verifycn_name => $c->{host}, SSL_verifycn_scheme => 'http', SSL_ca_file => '/tmp/imgtrust/perl.pem', SSL_verify_mode => SSL_VERIFY_PEER, Timeout => 10,
    SSL_verify_callback => sub { $why ||= Net::SSLeay::X509_verify_cert_error_string(Net::SSLeay::X509_STORE_CTX_get_error($_[1])) unless $_[0]; $_[0] });
  my $e = $why || $SSL_ERROR . ''; $e =~ s/["\\\\\\n]/ /g;
  if ($s) { print $s "GET / HTTP/1.0\\r\\n\\r\\n"; my $x = <$s>; close $s; }
  print '[' . $i++ . ',' . ($s ? 'true' : 'false') . ',"' . ($s ? '' : $e) . '"]' . "\\n";
}
`
/** A case a line: host, port, certificates in base64. */
export const erlang = `
-module(ask).
-export([main/1]).
main([File]) ->
  {ok, _} = application:ensure_all_started(ssl),
  logger:set_primary_config(level, none),
  {ok, Bin} = file:read_file(File),
  lists:foldl(fun(Line, I) -> one(binary:split(Line, <<" ">>, [global]), I), I + 1 end, 0,
    [L || L <- binary:split(Bin, <<"\\n">>, [global]), L =/= <<>>]),
  halt(0).
one([Host, Port | Certs], I) ->
  Name = binary_to_list(Host),
  Sni = case inet:parse_address(Name) of {ok, A} -> A; _ -> Name end,
  Opts = [{verify, verify_peer}, {cacerts, [base64:decode(C) || C <- Certs]}, {server_name_indication, case Sni of N when is_list(N) -> N; _ -> disable end},
    {customize_hostname_check, [{match_fun, public_key:pkix_verify_hostname_match_fun(https)}]}, {depth, 10}, {log_level, none}],
  R = try case Sni of
    N1 when is_list(N1) -> ssl:connect({127,0,0,1}, binary_to_integer(Port), Opts, 10000);
    _ -> ssl:connect(Sni, binary_to_integer(Port), lists:keydelete(server_name_indication, 1, Opts), 10000)
  end catch _:E -> {error, E} end,
  case R of
    {ok, S} -> ssl:close(S), io:format("[~b,true,\\"\\"]~n", [I]);
    {error, W} -> T = re:replace(io_lib:format("~0p", [W]), "[\\"\\\\\\\\\\n]", "'", [global, {return, list}, unicode]),
      io:format("[~b,false,\\"~ts\\"]~n", [I, T])
  end.
`
export const mbedtls = `
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <mbedtls/version.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/entropy.h>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/error.h>
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
#include <psa/crypto.h>
#endif
static unsigned char *slurp(const char *path, size_t *n) {
  FILE *f = fopen(path, "rb"); fseek(f, 0, SEEK_END); *n = ftell(f); rewind(f);
  unsigned char *b = malloc(*n + 1); fread(b, 1, *n, f); b[*n] = 0; fclose(f); (*n)++; return b;
}
int main(int argc, char **argv) {
  if (argc < 4) { char v[32]; mbedtls_version_get_string(v); puts(v); return 0; }
  mbedtls_net_context net; mbedtls_ssl_context ssl; mbedtls_ssl_config conf; mbedtls_x509_crt ca;
  mbedtls_entropy_context entropy; mbedtls_ctr_drbg_context drbg; size_t n; char text[1000];
  mbedtls_net_init(&net); mbedtls_ssl_init(&ssl); mbedtls_ssl_config_init(&conf); mbedtls_x509_crt_init(&ca);
  mbedtls_entropy_init(&entropy); mbedtls_ctr_drbg_init(&drbg);
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
  psa_crypto_init();
#endif
  mbedtls_ctr_drbg_seed(&drbg, mbedtls_entropy_func, &entropy, 0, 0);
  unsigned char *pem = slurp(argv[3], &n);
  int bad = n > 1 ? mbedtls_x509_crt_parse(&ca, pem, n) : 0;
  if (bad) printf("store: %d certificates could not be read (%x)\\n", bad, -bad);
  int r = mbedtls_net_connect(&net, "127.0.0.1", argv[2], MBEDTLS_NET_PROTO_TCP);
  if (r) { printf("connect -0x%x\\n", -r); return 2; }
  mbedtls_ssl_config_defaults(&conf, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
  mbedtls_ssl_conf_authmode(&conf, MBEDTLS_SSL_VERIFY_REQUIRED);
  mbedtls_ssl_conf_ca_chain(&conf, &ca, 0);
  mbedtls_ssl_conf_rng(&conf, mbedtls_ctr_drbg_random, &drbg);
  mbedtls_ssl_setup(&ssl, &conf); mbedtls_ssl_set_hostname(&ssl, argv[1]);
  mbedtls_ssl_set_bio(&ssl, &net, mbedtls_net_send, mbedtls_net_recv, 0);
  while ((r = mbedtls_ssl_handshake(&ssl)) == MBEDTLS_ERR_SSL_WANT_READ || r == MBEDTLS_ERR_SSL_WANT_WRITE);
  unsigned flags = mbedtls_ssl_get_verify_result(&ssl);
  if (r == 0 && flags == 0) { puts("ok"); return 0; }
  if (flags != 0 && flags != 0xffffffff) { mbedtls_x509_crt_verify_info(text, sizeof text, "verify error: ", flags); fputs(text, stdout); }
  else { mbedtls_strerror(r, text, sizeof text); printf("verify error: %s\\n", text); }
  return 1;
}
`
export const wolfssl = `
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>
#include <stdlib.h>
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/version.h>
int main(int argc, char **argv) {
  if (argc < 4) { puts(LIBWOLFSSL_VERSION_STRING); return 0; }
  wolfSSL_Init();
  WOLFSSL_CTX *ctx = wolfSSL_CTX_new(wolfSSLv23_client_method());
  wolfSSL_CTX_set_verify(ctx, WOLFSSL_VERIFY_PEER, 0);
  int r = wolfSSL_CTX_load_verify_locations(ctx, argv[3], 0);
  if (r != 1) printf("store: %d\\n", r);
  int s = socket(AF_INET, SOCK_STREAM, 0); struct sockaddr_in a = {0};
  a.sin_family = AF_INET; a.sin_port = htons(atoi(argv[2])); a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(s, (struct sockaddr *)&a, sizeof a)) { puts("connect"); return 2; }
  WOLFSSL *ssl = wolfSSL_new(ctx); wolfSSL_set_fd(ssl, s);
  wolfSSL_check_domain_name(ssl, argv[1]);
  r = wolfSSL_connect(ssl);
  if (r == 1) { puts("ok"); return 0; }
  char text[100]; int e = wolfSSL_get_error(ssl, r);
  printf("verify error: %d %s\\n", e, wolfSSL_ERR_error_string(e, text));
  return 1;
}
`

export const deno = `
const cases = JSON.parse(await new Response(Deno.stdin.readable).text());
for (const [i, c] of cases.entries()) {
  let words = '';
  try {
    const conn = await Deno.connect({ hostname: '127.0.0.1', port: c.port });
    const tls = await Deno.startTls(conn, { hostname: c.host, caCerts: c.store });
    await tls.handshake();
    await tls.write(new TextEncoder().encode('GET / HTTP/1.0\\r\\n\\r\\n'));
    tls.close();
  } catch (e) { words = e.message || String(e) }
  console.log(JSON.stringify([i, words === '', words]));
}
Deno.exit();
`
