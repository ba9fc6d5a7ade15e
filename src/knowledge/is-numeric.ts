/** Whether a version begins with a number: `12.5`, `v3.11`, not `buster`. */
export function isNumeric(version: string): boolean {
  return /^v?\d/.test(version)
}
