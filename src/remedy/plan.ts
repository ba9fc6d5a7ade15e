/**
 * Remedies as data. A rule states what should be true afterwards (a {@link Mend}); choose.ts turns it into
 * {@link Step}s that fit the target; prove.ts applies them to the model; dialects/ render them. Types alone.
 */
import type { Root } from '../model.ts'

/** What a rule wants to be true, without saying how. In order of preference where a rule gives several. */
export type Mend =
  /** Build on this base instead (`alpine:3.24`); `line` is the FROM to change in a Dockerfile, absent for an image. */
  | {
      readonly kind: 'change-base'
      readonly to: string
      readonly line?: number
      /** What has to be known of it, as the end of a sentence. */
      readonly note?: string
    }
  /** These roots leave the store at `store` (a path of the model). */
  | { readonly kind: 'remove-roots'; readonly store: string; readonly roots: readonly Root[] }
  /** The distribution's trust store is installed. */
  | { readonly kind: 'install-store'; readonly beforeLine?: number }
  /** The distribution's trust store package is brought to its newest release. */
  | { readonly kind: 'upgrade-store' }
  /** All of these at once: one by itself would mend nothing, or do harm. */
  | { readonly kind: 'together'; readonly mends: readonly Mend[] }
  /** Text edits of a Dockerfile; `behaviour` true where they may change what the build does (a suggestion, not a fix). */
  | {
      readonly kind: 'edit'
      readonly summary: string
      readonly edits: readonly TextEdit[]
      readonly behaviour: boolean
    }

/** Replaces [start, end) of the file's text, counted in UTF-16 code units. */
export interface TextEdit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** One thing to do to a system. Every path and name in it has passed `quote.ts`. */
export type Step =
  | { readonly kind: 'set-base'; readonly to: string; readonly line?: number }
  /** Deletes the lines of a ca-certificates.conf that name these certificates (Dockerfile form of the outage). */
  | { readonly kind: 'conf-delete'; readonly conf: string; readonly names: readonly string[] }
  /** Puts `!` before those lines: stays through upgrades (hosts). */
  | { readonly kind: 'conf-deselect'; readonly conf: string; readonly names: readonly string[] }
  | {
      readonly kind: 'run-tool'
      readonly tool: 'update-ca-certificates' | 'update-ca-trust'
      readonly fresh: boolean
    }
  /** Takes certificates out of a PEM bundle by a piece of their base64 text that stands in no other certificate of it. */
  | {
      readonly kind: 'bundle-delete'
      readonly path: string
      readonly fragments: readonly string[]
      /** Whose sed will do it; absent: GNU's or BusyBox'. */
      readonly sed?: 'bsd'
    }
  /** Copies a file to another place, once: a copy that is there already stays. */
  | { readonly kind: 'backup'; readonly path: string; readonly to: string }
  /** Writes a certificate where the RHEL family's tool reads what nobody shall trust. */
  | { readonly kind: 'write-certificate'; readonly path: string; readonly pem: readonly string[] }
  /** Takes entries out of a Java keystore whose password is the usual one. */
  | {
      readonly kind: 'keystore-delete'
      readonly path: string
      readonly aliases: readonly string[]
      /** The program: `keytool`, or its path. */
      readonly keytool: string
    }
  /** Brings a package of Python's, and the bundle in it, to its newest release. */
  | {
      readonly kind: 'pip-upgrade'
      readonly python: string
      readonly name: 'certifi' | 'pip'
      readonly path: string
    }
  | { readonly kind: 'link'; readonly path: string; readonly to: string }
  | {
      readonly kind: 'install-package'
      readonly manager: PackageManager
      readonly names: readonly string[]
      readonly upgrade: boolean
      /** In a Dockerfile: before the instruction on this line; absent: at the end of the final stage. */
      readonly beforeLine?: number
    }
  /** Brings the store of another image (`COPY --from`): for what has no package manager. */
  | {
      readonly kind: 'copy-store'
      readonly from: string
      readonly path: string
      readonly beforeLine?: number
    }
  | { readonly kind: 'edit-text'; readonly edits: readonly TextEdit[] }

export type PackageManager = 'apk' | 'apt-get' | 'dnf' | 'yum' | 'microdnf' | 'zypper'

export interface Remedy {
  readonly summary: string
  readonly steps: readonly Step[]
  /** True: applied to the model, the finding was gone and no new one had come. */
  readonly proven: boolean
  /** May `--fix` apply it without changing what the build means to do? */
  readonly fixable: boolean
}
