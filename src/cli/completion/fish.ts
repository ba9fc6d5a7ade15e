import { type CompletedCommand, nextWords } from './tree.ts'

/** For `imgtrust completion fish | source`. */
export function fishScript(tree: readonly CompletedCommand[]): string {
  const lines = [...nextWords(tree)].flatMap(([before, words]) =>
    words.map(word => {
      const whole = before === '' ? word : `${before} ${word}`
      const summary = tree.find(command => command.words === whole)?.summary ?? 'commands'
      return `complete -c imgtrust -n '__imgtrust_at "${before}"' -f -a ${word} -d '${summary}'`
    }),
  )
  const flags = tree.flatMap(({ words, flags, args }) => [
    ...(args.length === 0
      ? []
      : [`complete -c imgtrust -n '__imgtrust_at "${words}"' -f -a '${args.join(' ')}'`]),
    ...flags.map(({ name, char, summary, value, options }) => {
      const letter = char === null ? '' : ` -s ${char}`
      const values = value ? (options.length === 0 ? ' -r' : ` -x -a '${options.join(' ')}'`) : ''
      return `complete -c imgtrust -n '__imgtrust_at "${words}"' -l ${name}${letter}${values} -d '${summary}'`
    }),
  ])
  const prefixes = [...nextWords(tree).keys(), ...tree.map(({ words }) => words)].filter(Boolean)
  return `# imgtrust completion fish
function __imgtrust_at
  set -l at ''
  for word in (commandline -opc)[2..-1]
    set -l whole (string trim "$at $word")
    switch $whole
      case ${[...new Set(prefixes)].map(prefix => `'${prefix}'`).join(' ')}
        set at $whole
    end
  end
  test "$at" = "$argv[1]"
end
${[...lines, ...flags].join('\n')}
`
}
