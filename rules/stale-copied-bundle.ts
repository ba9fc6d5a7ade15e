import { dayStart, daysBetween } from '../src/clock.ts'
import { matchRelease, releaseById } from '../src/knowledge/releases.ts'
import { type Instant, isUnknown, type Location } from '../src/model.ts'
import { successorMends } from '../src/questions/base-image.ts'
import { expiredOf } from '../src/questions/roots.ts'
import { count, shorten, span } from '../src/questions/words.ts'
import { defineDockerfileRule, type Evidence } from '../src/rule.ts'
import type { StoreOrigin, TracedStore } from '../src/trace/state.ts'

interface StaleCopy extends Evidence {
  readonly path: string
  readonly from: string | null
  readonly age: Age
  readonly expired: number
}

interface Age {
  /** The day from which on it did not change. */
  readonly since: string
  readonly days: number
  /** `frozen`: with a base image; `old`: the release that it is. */
  readonly why: 'frozen' | 'old'
  readonly what: string
}

/** A tag that gets no new build for longer than this is stale. */
const FROZEN_DAYS = 180
const OLD_DAYS = 730

export default defineDockerfileRule<StaleCopy>({
  id: 'stale-copied-bundle',
  since: '0.1.0',
  scope: 'dockerfile',
  severity: 'warning',
  summary: 'A trust store is copied that has not been renewed for a long time',
  why: `
An image from scratch has no trust store, so its recipe copies one: from an earlier stage, from another image, or from a
file that lies beside the Dockerfile. The copy is as old as the place it comes from. Where that is an image that nobody
builds any more, or a file that was checked in years ago, the image gets a list of authorities of that day, with roots
that have expired since, and without those that servers use today.

The rule fires where the copied store came with a base image that has been frozen for more than 180 days and nothing in
its stage installed or upgraded it, and where a file of the build context holds the roots of a release that is more than
two years old. It is silent where the store was installed or fetched in the stage that it comes from, where the base is
still rebuilt, and where it is not known.
`,
  examples: {
    bad: [
      {
        dockerfile:
          'FROM golang:1.13-alpine3.11 AS build\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/\nCOPY --from=build /app /\nENTRYPOINT ["/app"]\n',
        at: '2022-06-01',
        line: 4,
        severity: 'warning',
      },
      {
        dockerfile:
          'FROM scratch\nCOPY --from=alpine:3.12 /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/\nCOPY app /\nENTRYPOINT ["/app"]\n',
        at: '2026-08-16',
        line: 2,
      },
    ],
    ok: [
      {
        dockerfile:
          'FROM alpine AS certs\nRUN apk add --no-cache ca-certificates\nFROM scratch\nCOPY --from=certs /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/\n',
        at: '2026-08-16',
      },
      {
        dockerfile: 'FROM scratch\nCOPY --from=alpine /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/\n',
        at: '2026-08-16',
      },
    ],
  },

  *check(model, { at }) {
    const { final } = model
    if (final === null || isUnknown(final.end.heir.stores)) return
    for (const store of final.end.heir.stores) {
      const copied = copyOf(store.origin)
      if (copied === null) continue
      const age = ageOf(store, copied, at)
      const location = placeOf(
        model.stages.flatMap(({ instructions }) => instructions),
        copied.line,
      )
      if (age === null || location === null) continue
      const roots = isUnknown(store.roots) ? [] : expiredOf(store.roots, at)
      yield { location, path: store.path, from: copied.from, age, expired: roots.length, roots }
    }
  },

  message({ path, from, age, expired }) {
    const ended =
      expired === 0 ? '' : `, and ${count(expired, 'root')} of it ${expired === 1 ? 'has' : 'have'} expired`
    const whence = from === null ? 'the build context' : shorten(from)
    return age.why === 'frozen'
      ? `The trust store ${shorten(path)} is copied from ${whence}, where it came with ${shorten(age.what)} and has not changed since ${age.since}, for ${span(age.days)}${ended}.`
      : `The trust store ${shorten(path)} that is copied from ${whence} holds the roots of ${shorten(age.what)} of ${age.since}: it is ${span(age.days)} old${ended}.`
  },

  remedy({ from }, model, { at }) {
    const stage = model.stages.find(
      ({ name, index }) =>
        from !== null && (name?.toLowerCase() === from.toLowerCase() || String(index) === from),
    )
    return stage === undefined ? [] : successorMends(model, stage, at)
  },
})

type Copy = Extract<StoreOrigin, { kind: 'copy' }>

/** The copy that brought what is there; null where something was installed or nothing was copied. */
function copyOf(origin: StoreOrigin): Copy | null {
  if (origin.kind === 'copy') return origin
  return origin.kind === 'edit' && origin.was !== null ? copyOf(origin.was) : null
}

function ageOf(store: TracedStore, copied: Copy, at: Instant): Age | null {
  if (copied.from === null) return contextAge(store, at)
  let under: StoreOrigin | null = copied.was
  while (under !== null && (under.kind === 'edit' || under.kind === 'copy')) under = under.was
  if (under === null || under.kind !== 'base' || under.frozen === null || at < dayStart(under.frozen))
    return null
  const days = daysBetween(dayStart(under.frozen), at)
  return days > FROZEN_DAYS ? { since: under.frozen, days, why: 'frozen', what: under.reference } : null
}

function contextAge(store: TracedStore, at: Instant): Age | null {
  if (isUnknown(store.roots) || store.origin.kind !== 'copy') return null
  const { release, match } = matchRelease(new Set(store.roots.map(({ sha256 }) => sha256)))
  const date =
    release === null || match === 'unknown' ? null : (releaseById(release.id)?.date ?? release.date)
  if (release === null || date === null || at < dayStart(date)) return null
  const days = daysBetween(dayStart(date), at)
  return days > OLD_DAYS ? { since: date, days, why: 'old', what: release.id } : null
}

function placeOf(instructions: readonly { readonly location: Location }[], line: number): Location | null {
  return instructions.find(({ location }) => location.line === line)?.location ?? null
}
