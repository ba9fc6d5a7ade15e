import { type CompletedCommand, nextWords } from './tree.ts'

/** For `source <(imgtrust completion zsh)` after compinit, or as a file _imgtrust on the fpath. */
export function zshScript(tree: readonly CompletedCommand[]): string {
  const next = [...nextWords(tree)].map(([before, words]) => {
    const told = words.map(word => {
      const whole = before === '' ? word : `${before} ${word}`
      return `'${word}:${tree.find(command => command.words === whole)?.summary ?? 'commands'}'`
    })
    return `    '${before}') choices=(${told.join(' ')}) ;;`
  })
  const args = tree.flatMap(({ words, args }) =>
    args.length === 0 ? [] : [`    '${words}') choices=(${args.map(arg => `'${arg}'`).join(' ')}) ;;`],
  )
  const flags = tree.map(
    ({ words, flags }) =>
      `    '${words}') flags=(${flags.map(({ name, summary }) => `'--${name}:${summary}'`).join(' ')}) ;;`,
  )
  const values = tree.flatMap(({ words, flags }) =>
    flags.flatMap(({ name, value, options }) =>
      value ? [`    '${words} --${name}') value=1; choices=(${options.join(' ')}) ;;`] : [],
    ),
  )
  const prefixes = [...nextWords(tree).keys(), ...tree.map(({ words }) => words)].filter(Boolean)
  return `#compdef imgtrust
# imgtrust completion zsh
_imgtrust() {
  local at='' value='' word
  local -a choices flags
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "\${at:+$at }$word" in
      ${[...new Set(prefixes)].map(prefix => `'${prefix}'`).join(' | ')}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at \${words[CURRENT-1]}" in
${values.join('\n')}
  esac
  if [[ -n $value ]]; then
    if (( $#choices )); then compadd -a choices; else _files; fi
    return
  fi
  if [[ \${words[CURRENT]} == -* ]]; then
    flags=('--help:say all of this command')
    case "$at" in
${flags.join('\n')}
    esac
    _describe -o flag flags
    return
  fi
  case "$at" in
${[...next, ...args].join('\n')}
  esac
  if (( $#choices )); then _describe word choices; else _files; fi
}
if [ "$funcstack[1]" = _imgtrust ]; then _imgtrust "$@"; else compdef _imgtrust imgtrust; fi
`
}
