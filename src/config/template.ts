/** What `imgtrust init` writes: every key with its meaning, all of it commented out but the preset. */
import { presets } from './presets.ts'

export function configTemplate(): string {
  const lines = Object.entries(presets).map(([id, { summary }]) => `#   ${id.padEnd(12)} ${summary}`)
  return `# Configuration of imgtrust. It counts for the Dockerfiles of this repository, and for scans started in it.
# Registries, credentials and networks are told in a file of your own: imgtrust init --help.

# What to look at and what fails:
${lines.join('\n')}
preset: recommended

# The severity of single rules: error, warning, info or off (imgtrust rules lists them).
# rules:
#   stale-base-image: info

# Exit with 1 where a finding is at or above this severity: error, warning, info or never.
# fail-on: warning

# A root that ends within this time counts as expiring: 90d, 12w, 6m, 1y.
# expiring-within: 90d

# What goes to standard output.
# format: text

# Findings that are accepted, each with the reason. In a Dockerfile a comment does it too:
#   # imgtrust ignore=stale-base-image reason="rebuilt by our own pipeline"
# ignore:
#   - rule: unknown-root
#     target: registry.example.com/team/*   # a Dockerfile, an image; absent: all
#     root: "Example Corp Root CA"           # name or SHA-256 fingerprint; absent: all
#     until: 2027-01-31                      # the ignore ends on this day; absent: never
#     reason: our own CA

# What private base images stand on, so that lint can follow their trust stores.
# bases:
#   registry.example.com/base/node:*: node:24-slim

# Certificates that must, may or must not be in trust stores, by SHA-256 fingerprint.
# policy:
#   require: []
#   allow: []
#   forbid: []
`
}
