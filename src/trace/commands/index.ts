/** The registry of commands: program name → handler. Anything else is {@link other}. */
import type { CommandResult, ShellCommand } from '../../dockerfile/shell-types.ts'
import type { Machine } from '../machine.ts'
import { apk } from './apk.ts'
import { apt, aptConfig, aptMark } from './apt.ts'
import { awk } from './awk.ts'
import { cat } from './cat.ts'
import { checksum, gpg } from './checks.ts'
import { conda } from './conda.ts'
import { cp, install } from './cp.ts'
import { aria2c, curl } from './curl.ts'
import { dpkg, dpkgReconfigure } from './dpkg.ts'
import { echo, printf } from './echo.ts'
import { git } from './git.ts'
import { go } from './go.ts'
import { grep } from './grep.ts'
import { keytool } from './keytool.ts'
import { ln } from './ln.ts'
import { maven } from './maven.ts'
import { mv } from './mv.ts'
import { npm } from './npm.ts'
import { openssl } from './openssl.ts'
import { other } from './other.ts'
import { pacman } from './pacman.ts'
import { perl } from './perl.ts'
import { pip, python } from './pip.ts'
import { bundle, poetry } from './poetry.ts'
import { rm } from './rm.ts'
import { sedCommand } from './sed.ts'
import { evaluate, shell, source } from './shell.ts'
import { tar, unzip } from './tar.ts'
import { tee } from './tee.ts'
import { asks, type Handler, ran, silent } from './types.ts'
import { uname } from './uname.ts'
import { trust, updateCaCertificates, updateCaTrust } from './update-ca.ts'
import { wget } from './wget.ts'
import { chroot, env, ionice, setPrivileges, su, sudo, switchUser, timeout, xargs } from './wrappers.ts'
import { rpm, yum } from './yum.ts'
import { zypper } from './zypper.ts'

const nothing: Handler = () => silent
const question: Handler = () => asks
const reads: Handler = () => ran

const registry = new Map<string, Handler>()

function register(names: string, handler: Handler): void {
  for (const name of names.split(' ')) registry.set(name, handler)
}

register('awk gawk mawk nawk', awk)
register('perl', perl)
register('pacman yay paru', pacman)
register('apk', apk)
register('apt apt-get aptitude', apt)
register('apt-mark', aptMark)
register('apt-config', aptConfig)
register('aria2c', aria2c)
register('cat', cat)
register('cp', cp)
register('curl', curl)
register('dpkg', dpkg)
register('dpkg-reconfigure', dpkgReconfigure)
register('echo', echo)
register('printf', printf)
register('git', git)
register('go', go)
register('grep egrep fgrep', grep)
register('install', install)
register('keytool', keytool)
register('ln', ln)
register('mv', mv)
register('npm yarn pnpm npx', npm)
register('openssl c_rehash', openssl)
register('pip pip3 pip2 uv uvx', pip)
register('poetry', poetry)
register('bundle bundler', bundle)
register('python python3 python2', python)
register('rm unlink', rm)
register('yum dnf dnf5 microdnf tdnf', yum)
register('rpm', rpm)
register('sed gsed', sedCommand)
register('sh bash ash dash zsh ksh', shell)
register('. source', source)
register('eval', evaluate)
register('tar bsdtar', tar)
register('unzip', unzip)
register('tee', tee)
register('update-ca-certificates', updateCaCertificates)
register('update-ca-trust', updateCaTrust)
register('trust', trust)
register('wget', wget)
register('conda mamba micromamba', conda)
register('mvn mvnw', maven)
register('zypper', zypper)
register('sudo doas', sudo)
register('env', env)
register('su runuser', su)
register('gosu su-exec', switchUser)
register('setpriv chpst', setPrivileges)
register('timeout', timeout)
register(
  'ionice nice nohup stdbuf time eatmydata command builtin exec dumb-init tini busybox catchsegv',
  ionice,
)
register('chroot', chroot)
register('xargs', xargs)
register('sha256sum sha512sum sha1sum sha384sum sha224sum md5sum shasum b2sum rhash', checksum)
register('gpg gpg2 gpgv cosign minisign signify', gpg)
register(
  'mkdir rmdir chmod chown chgrp touch sync sleep ldconfig locale-gen useradd adduser groupadd addgroup usermod',
  nothing,
)
register('userdel deluser passwd stty logger kill wait strip', nothing)
register('which type hash getent pgrep pidof dpkg-query file stat diff cmp readlink', question)
register(
  'ls head tail wc sort uniq cut tr od hexdump basename dirname date id whoami nproc find du df',
  reads,
)
register('uname arch', uname)
register('pwd hostname ps env-update less more realpath seq expr test-path', reads)

/** Runs one command on the machine. */
export function commandResult(command: ShellCommand, machine: Machine): CommandResult {
  const { value } = command.name
  if (value === null) return other(command, machine)
  const name = value.startsWith('/') ? value.slice(value.lastIndexOf('/') + 1) : value
  const python3 = /^(python|pip)[23]?\.\d+$/.exec(name)?.[1]
  const handler = registry.get(name) ?? (python3 === 'pip' ? pip : python3 ? python : undefined)
  // A relative path is the project's own file, whatever it is called.
  if (handler && !(value.includes('/') && !value.startsWith('/'))) return handler(command, machine)
  if (name === 'mvnw' || name === 'gradlew') return maven(command, machine)
  return other(command, machine)
}
