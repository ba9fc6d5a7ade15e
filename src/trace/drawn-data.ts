/**
 * Which of Debian's packages bring ca-certificates along, as facts.
 *
 * Made on 2026-11-23 from the Packages files (main, amd64) of bullseye, bookworm and trixie: what a package depends on,
 * and recommends, is followed from a minimal system, the first alternative that exists is taken. A name stands here
 * where all of the three that have it agree.
 */

function names(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}

/** They depend on it. */
export const depends = names(`
  ca-certificates-java composer default-jdk default-jdk-headless default-jre default-jre-headless gradle maven
  npm openjdk-11-jdk openjdk-11-jre-headless openjdk-17-jdk openjdk-17-jre-headless python3-certifi python3-pip
  python3-requests python3-venv python3-virtualenv rake ruby ruby-dev ruby-full software-properties-common
  virtualenv
`)

/** It comes with what is recommended, and not without. */
export const recommends = names(`
  apache2 aria2 at cargo chromium cifs-utils clang cmake cron curl docker.io emacs-nox exim4 file-roller gdb
  gettext git git-lfs gnupg1 libapache2-mod-php libboost-all-dev libcairo2-dev libcurl3-gnutls libcurl4
  libcurl4-gnutls-dev libcurl4-openssl-dev libgdal-dev libglib2.0-dev libmagickcore-dev libmagickwand-dev
  libproj-dev libreoffice libvips-dev llvm logrotate mercurial meson msmtp nfs-common nodejs php php-curl
  postfix postgresql python3 python3-dev python3-distutils python3-minimal python3-numpy python3-setuptools
  python3-wheel python3-yaml rsyslog rustc smbclient supervisor texinfo texlive tor unoconv valgrind vsftpd w3m
  wget xdg-utils
`)

/** In some releases it comes with what is recommended; in none without. */
export const sometimesRecommends = names(`
  ffmpeg groff libpq-dev libpq5 librdkafka-dev lsb-release ntp poppler-utils postgresql-client tesseract-ocr
  unrar-free
`)

/** It comes with none of them. */
export const never = names(`
  acl adduser antiword apache2-utils apt-transport-https apt-utils attr autoconf automake autotools-dev
  bash-completion bc bind9-host binutils bison bridge-utils bsdmainutils build-essential busybox bzip2 bzip2-doc
  catdoc ccache coreutils cpio dash dbus debconf-utils default-libmysqlclient-dev default-mysql-client dialog
  diffutils dirmngr dnsmasq dnsutils dos2unix dosfstools dpkg-dev dumb-init e2fsprogs ethtool expect fakeroot
  file findutils flex flite fontconfig fonts-dejavu fonts-liberation fonts-noto g++ gawk gcc gettext-base
  gfortran ghostscript gifsicle gnupg gnupg2 golang golang-go gosu gpg gpgv graphicsmagick graphviz gsfonts gzip
  haproxy hostname html2text htop imagemagick incron inetutils-ping inotify-tools iproute2 iptables iputils-ping
  jpegoptim jq krb5-user ldap-utils less lftp libaio1 libarchive-tools libasound2 libatk-bridge2.0-0 libatk1.0-0
  libatlas-base-dev libboost-dev libbz2-dev libc6 libc6-dev libcap2-bin libcups2 libdb-dev libdbus-1-3 libdrm2
  libedit-dev libevent-dev libexpat1-dev libffi-dev libfontconfig1 libfreetype6-dev libgbm1 libgcc-s1
  libgconf-2-4 libgeos-dev libgl1 libgl1-mesa-glx libglib2.0-0 libgmp-dev libgomp1 libgtk-3-0 libgtk2.0-0
  libicu-dev libjpeg-dev libjpeg62-turbo-dev libkrb5-dev libldap2-dev liblzma-dev libmagic1 libmariadb-dev
  libmcrypt-dev libmemcached-dev libncurses-dev libncurses5-dev libncursesw5-dev libnspr4 libnss3 libonig-dev
  libopenblas-dev libpam0g-dev libpango-1.0-0 libpcre3-dev libpng-dev libreadline-dev libsasl2-dev
  libseccomp-dev libsm6 libsnappy-dev libsodium-dev libsqlite3-dev libssh2-1-dev libssl-dev libssl1.1 libssl3
  libstdc++6 libsystemd-dev libtiff-dev libtinfo5 libtool libudev-dev libunwind8 libuv1-dev libwebp-dev
  libx11-dev libxcomposite1 libxdamage1 libxext6 libxfixes3 libxkbcommon0 libxml2 libxml2-dev libxrandr2
  libxrender1 libxslt1-dev libxss1 libxtst6 libyaml-dev libzip-dev libzstd-dev linux-libc-dev lld locales lsof
  lua5.3 lynx m4 make mariadb-client mariadb-server mawk media-types memcached mime-support mlocate moreutils
  nano nasm ncurses-base ncurses-bin net-tools netbase netcat netcat-openbsd netcat-traditional nginx
  ninja-build nmap numactl openssh-client openssh-server openssl openvpn optipng p7zip-full parallel patch
  patchelf pciutils perl php-cli php-fpm php-mbstring php-mysql php-xml pkg-config pkgconf pngquant procps
  protobuf-compiler psmisc pv pwgen qemu-user-static redis-server redis-tools rename rsync runit s6 screen sed
  shellcheck snmp socat sqlite3 ssh sshpass ssl-cert ssmtp strace stunnel4 subversion sudo swig sysstat systemd
  tar tcl tcpdump telnet tidy time tini tmux traceroute tree tzdata unixodbc unixodbc-dev unzip util-linux
  uuid-dev uuid-runtime uwsgi vim vim-tiny wait-for-it wireguard-tools wkhtmltopdf xauth xfonts-base xsltproc
  xvfb xz-utils yasm zip zlib1g zlib1g-dev zsh zstd
`)

/**
 * They depend on it in no release that has them: bullseye, bookworm and trixie, Ubuntu 16.04 to 24.04 (main and
 * universe, amd64, read on the same day). With what is recommended it may come.
 */
export const independent = names(`
  2to3 apache2-bin apache2-dev argon2 autoconf-archive autoconf2.13 binutils-gold busybox-static cabal-install
  camlp4 camlp5 clang-3.8 clang-6.0 debian-archive-keyring erlang erlang-asn1 erlang-base erlang-base-hipe
  erlang-crypto erlang-dev erlang-eldap erlang-inets erlang-mnesia erlang-nox erlang-odbc erlang-os-mon
  erlang-public-key erlang-reltool erlang-ssl erlang-xmerl fonts-noto-cjk fonts-texgyre freetds-dev gcc-9-base
  gcc-multilib ghc git-core gnupg-curl golang-any gpg-agent idle3 libapr1 libapr1-dev libaprutil1
  libaprutil1-dev libaprutil1-ldap libarchive-dev libarchive13 libarchive13t64 libargon2-0 libargon2-0-dev
  libargon2-dev libatomic1 libavif-dev libbison-dev libbluetooth-dev libbrotli-dev libbsd0 libc-client2007e-dev
  libc6-dev-i386 libc6-i386 libclang-dev libcurl3 libdatetime-perl libdb5.3 libdb5.3t64 libedit2 libencode-perl
  libevent-2.0-5 libexpat1 libffi6 libfreetype-dev libfreetype6 libgazebo11 libgazebo7 libgazebo7-dev libgazebo9
  libgazebo9-dev libgc-dev libgc1 libgc1c2 libgcc-11-dev libgcc-13-dev libgcc-5-dev libgcc-9-dev libgcc1
  libgcrypt20 libgdbm-compat-dev libgdbm-dev libgdbm3 libgeoip-dev libgeos++-dev libgeos-3.9.0 libgeos-c1t64
  libgeos-c1v5 libgeos3.11.1 libgetdns-dev libgetdns10 libgetdns10t64 libgmp10 libgoogle-perftools-dev
  libgoogle-perftools4 libgraphicsmagick1-dev libgssapi-krb5-2 libgtk-3-dev libgtk2.0-dev libheif-plugin-aomenc
  libheif-plugin-x265 libio-socket-ssl-perl libipc-system-simple-perl libjansson-dev libjemalloc-dev
  libjemalloc1 libjemalloc2 libjpeg62 libjpeg62-turbo libldap-common liblttng-ust0 liblua5.1-0-dev liblua5.2-0
  liblua5.2-dev liblua5.3-0 liblua5.3-dev liblua5.4-dev liblz4-dev libmagick++-dev libmagickcore-6.q16-6-extra
  libmagickcore-7.q16-10-extra libmariadb-client-lgpl-dev-compat libmariadb-dev-compat libmariadb2 libmariadb3
  libmariadbclient-dev libmariadbclient-dev-compat libmariadbclient18 libmaxminddb-dev libmbedcrypto0
  libmbedcrypto16 libmbedcrypto3 libmbedcrypto7 libmbedtls-dev libmbedtls10 libmbedtls12 libmbedtls14
  libmbedtls21 libmbedx509-0 libmbedx509-1 libmbedx509-7 libmozjs185-1.0 libmozjs185-dev libmysql-java
  libmysqlclient-dev libncurses5 libncursesw6 libnghttp2-14 libnghttp2-dev libnspr4-0d libnspr4-dev
  libnss-wrapper libnuma-dev libodbc1 libodbc2 libodbccr2 libopenblas0-pthread libopenjp2-7 libopenjp2-7-dev
  libossp-uuid-dev libossp-uuid16 libpam-krb5 libpam-modules libpcre++-dev libpcre2-8-0 libpcre2-dev libpcre3
  libperl-dev libpng12-dev libpostgresql-jdbc-java libpython2.7 libpython3-dev libpython3.11 libpython3.13
  libpython3.5 libpython3.6 libpython3.8 librados2 libraptor2-0 libraptor2-dev libreadline6 libreadline6-dev
  libreadline7 librecode-dev librecode0 librocksdb-dev librsvg2-2 librsvg2-bin libsasl2-2 libsasl2-modules
  libsctp-dev libsctp1 libserd-0-0 libserd-dev libsnappy1v5 libspatialindex-c8 libspatialindex-dev
  libspatialindex4v5 libspatialindex6 libspatialindex8 libsqlite3-0 libssl1.0-dev libssl1.0.0 libssl3t64
  libstdc++-11-dev libstdc++-12-dev libstdc++-13-dev libstdc++-5-dev libstdc++-9-dev libstring-shellquote-perl
  libtasn1-6 libtcmalloc-minimal4 libtcmalloc-minimal4t64 libtiff5 libtiff5-dev libtinfo-dev libutf8proc-dev
  libutf8proc3 libuuid1 libwxgtk-webview3.0-gtk3-0v5 libwxgtk-webview3.0-gtk3-dev libwxgtk-webview3.2-1
  libwxgtk-webview3.2-dev libwxgtk3.0-dev libwxgtk3.2-1 libxml-light-ocaml-dev libxml2-utils libxmlsec1-dev
  libxpm-dev libxslt1.1 libyaml-0-2 libz3-dev libzmq5 links lm-sensors lshw lua5.2 luarocks mariadb-backup
  mcrypt mktemp mongodb mono-runtime mono-vbnc mount munge mysql-client mysql-common mysql-server
  neurodebian-freeze nghttp2 node-clean-css node-less nuget ocaml ocaml-findlib ocaml-native-compilers ocaml-nox
  odbc-postgresql opam p11-kit passwd patchutils percona-server-server percona-xtrabackup php7.4-cli php7.4-fpm
  php7.4-mbstring php7.4-mysql php7.4-odbc php7.4-pgsql php7.4-sqlite3 postgresql-13 postgresql-common
  postgresql-common-dev postgresql-contrib pypy pypy3 python python-bcrypt python-dev python-gevent python-ldap
  python-minimal python-openssl python-pyinotify python-qrcode python-renderpm python-rosdep python-rosinstall
  python-setuptools python-vcstools python-vobject python-watchdog python2 python2.7-minimal python3-docutils
  python3-lldb-13 python3-magic python3-num2words python3-odf python3-pdfminer python3-phonenumbers
  python3-pyldap python3-qrcode python3-renderpm python3-rosinstall python3-slugify python3-vcstools
  python3-vobject python3-watchdog python3-xlrd python3-xlwt rabbitmq-server re2c rebar rebar3 redis
  redis-sentinel rlwrap ros-base ros-core sensible-utils shared-mime-info slapd spiped sqlite symlinks systemctl
  tcl-dev tk-dev tzdata-legacy varnish varnish-modules xmlsec1
`)
