import { removal } from '../words.ts'
import { type Handler, ran } from './types.ts'

const OFF =
  /^-Dmaven\.wagon\.http\.ssl\.(insecure|allowall)=true$|^-D(aether\.connector\.)?\S*https\.securityMode=insecure$/

/** mvn(1). */
export const maven: Handler = (command, machine) => {
  for (const [index, word] of command.args.entries()) {
    // allowall alone only skips the name of the host, which is no less of a door.
    if (OFF.test(word.value ?? ''))
      machine.switchedOff(
        'maven',
        word.value ?? '',
        word,
        false,
        removal(command, machine.session.text, index),
      )
  }
  return ran
}
