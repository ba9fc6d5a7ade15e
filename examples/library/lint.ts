/** Lints a Dockerfile from a program: its findings, and the line that mends the gravest. */
import { JobError, lint } from 'imgtrust'

const [path = 'examples/addtrust/Dockerfile', day = '2020-05-31'] = process.argv.slice(2)
try {
  const { targets } = await lint([path], { at: Date.parse(day) })
  for (const { target, findings, error } of targets) {
    if (error !== null) console.error(error)
    for (const { rule, severity, location, remedy } of findings) {
      console.log(`${target}:${location.line ?? 0} ${severity} ${rule}`)
      if (severity === 'error') console.log(remedy?.alternatives[0]?.steps.dockerfile)
    }
  }
} catch (error) {
  // What a user can mend is one line; all else is a defect.
  if (!(error instanceof JobError)) throw error
  console.error(error.message)
}
