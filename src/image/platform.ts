import { arch, platform } from 'node:process'
import { JobError } from '../errors.ts'
import { type Descriptor, formatPlatform, type Platform } from './manifest.ts'
import { printable } from './path.ts'

/** Node's names of architectures to those of images (Go's GOARCH). */
const architectures: Readonly<Record<string, string>> = {
  x64: 'amd64',
  ia32: '386',
  ppc64: 'ppc64le',
  mipsel: 'mipsle',
}

/** What this machine is, as images say it: `darwin/arm64`, `linux/amd64`. */
export function hostPlatform(os: string = platform, machine: string = arch): string {
  return `${os}/${architectures[machine] ?? machine}`
}

/** What an image must run on to be the one that is meant. */
export interface WantedPlatform {
  readonly os: string
  readonly architecture: string
  readonly variant: string | null
  /** The user said so: nothing else will do. */
  readonly strict: boolean
}

/**
 * Reads `--platform`: `linux/arm64`, `linux/arm/v7`, `arm64`.
 * @param text null: linux on this machine's architecture, not strict
 * @throws JobError `usage`
 */
export function wantedPlatform(text: string | null | undefined, machine: string = arch): WantedPlatform {
  if (!text) {
    return { os: 'linux', architecture: architectures[machine] ?? machine, variant: null, strict: false }
  }
  const parts = text.toLowerCase().split('/')
  if (parts.length > 3 || !parts.every(part => /^[a-z0-9_.-]+$/.test(part))) {
    throw new JobError(
      'usage',
      `--platform ${printable(text)} is no platform; say it as linux/amd64 or linux/arm/v7`,
    )
  }
  const [os, architecture, variant] = parts.length === 1 ? ['linux', parts[0]!] : parts
  return { os: os!, architecture: normalArchitecture(architecture!), variant: variant ?? null, strict: true }
}

/** containerd's "platforms" package takes these names for the same thing. */
function normalArchitecture(name: string): string {
  if (name === 'x86_64' || name === 'x86-64') return 'amd64'
  if (name === 'aarch64') return 'arm64'
  if (name === 'i386') return '386'
  return name
}

/** Whether an image of `platform` is what is wanted. A variant that nobody named fits any; arm64's own is v8. */
export function fits(platform: Platform, wanted: WantedPlatform): boolean {
  if (platform.os !== wanted.os || normalArchitecture(platform.architecture) !== wanted.architecture)
    return false
  if (wanted.variant === null || platform.variant === wanted.variant) return true
  return platform.variant === null && wanted.architecture === 'arm64' && wanted.variant === 'v8'
}

/**
 * The images of an index that are meant: with `all` every one that is an image, else the first that fits, else (where
 * the user named no platform) the first that is neither Windows nor an attestation.
 * @throws JobError `not-found`
 */
export function choosePlatform(
  manifests: readonly Descriptor[],
  wanted: WantedPlatform,
  all: boolean,
  what: string,
): readonly Descriptor[] {
  const images = manifests.filter(one => !isAttestation(one))
  if (all) return images
  const fitting = images.find(one => one.platform && fits(one.platform, wanted))
  if (fitting) return [fitting]
  // Without a platform the configuration tells it, later.
  const untold = images.filter(one => one.platform === null)
  const other = wanted.strict
    ? untold
    : [...untold, ...images.filter(one => one.platform && one.platform.os !== 'windows')]
  if (other.length > 0) return wanted.strict ? other : [other[0]!]
  throw noSuchPlatform(images, wanted, what)
}

/** BuildKit's attestations stand in an index as images of `unknown/unknown` with this annotation. */
function isAttestation(one: Descriptor): boolean {
  if (one.annotations['vnd.docker.reference.type'] === 'attestation-manifest') return true
  return one.platform !== null && one.platform.os === 'unknown' && one.platform.architecture === 'unknown'
}

function noSuchPlatform(images: readonly Descriptor[], wanted: WantedPlatform, what: string): JobError {
  const there = [...new Set(images.map(one => one.platform && formatPlatform(one.platform)).filter(Boolean))]
  const asked = [wanted.os, wanted.architecture, wanted.variant].filter(Boolean).join('/')
  const hint =
    there.length > 0
      ? `it has ${there.slice(0, 12).join(', ')}: name one with --platform`
      : 'it names no image'
  return new JobError('not-found', `${what} has no image for ${asked}; ${hint}`)
}
