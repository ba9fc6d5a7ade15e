import { type CompletedCommand, nextWords } from './tree.ts'

/** For `source <(imgtrust completion bash)`; Bash 4 or newer, and 3.2 of macOS. */
export function bashScript(tree: readonly CompletedCommand[]): string {
  const next = [...nextWords(tree)].map(
    ([before, words]) => `      '${before}') words='${words.join(' ')}' ;;`,
  )
  const args = tree.flatMap(({ words, args }) =>
    args.length === 0 ? [] : [`      '${words}') words='${args.join(' ')}' ;;`],
  )
  const flags = tree.map(
    ({ words, flags }) => `      '${words}') words='${flags.map(({ name }) => `--${name}`).join(' ')}' ;;`,
  )
  const values = tree.flatMap(({ words, flags }) =>
    flags.flatMap(({ name, value, options }) =>
      value ? [`    '${words} --${name}') words='${options.join(' ')}' value=1 ;;`] : [],
    ),
  )
  const prefixes = [...nextWords(tree).keys(), ...tree.map(({ words }) => words)].filter(Boolean)
  return `# imgtrust completion bash
_imgtrust() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" at='' words='' value='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${at:+$at }\${COMP_WORDS[i]}" in
      ${[...new Set(prefixes)].map(prefix => `'${prefix}'`).join(' | ')}) at="\${at:+$at }\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$at $prev" in
${values.join('\n')}
  esac
  if [ -z "$value" ] && [ "\${cur#-}" != "$cur" ]; then
    case "$at" in
${flags.join('\n')}
      *) words='--help --version' ;;
    esac
  elif [ -z "$value" ]; then
    case "$at" in
${[...next, ...args].join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _imgtrust imgtrust
`
}
