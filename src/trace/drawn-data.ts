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
