/** The completion scripts in the shells themselves: what the Tab key offers, asked as each shell lets it be asked. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missing } from '../../support/program.ts'
import { root } from '../../support/run.ts'

/** What is typed, and what Tab offers for it. */
interface Shell {
  /** Reads the script from `imgtrust completion SHELL` as its help says, and tells the words offered for a line. */
  offered(line: string): string[]
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgtrust-completion-'))
  const program = join(folder, 'imgtrust')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'bin/run.js')}' "$@"\n`)
  chmodSync(program, 0o755)
  writeFileSync(join(folder, 'app.tar'), '')
  writeFileSync(join(folder, 'complete.zsh'), ZSH)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: `${folder}:${process.env.PATH}`, HOME: folder, LC_ALL: 'C.UTF-8', TERM: 'dumb' },
  })
  expect([status, stderr]).toEqual([0, ''])
  return stdout
}

/** The function that `complete` registered, with the variables that readline sets; no word of it: its default, files. */
const BASH = `
source <(imgtrust completion bash)
read -r _ _ default _ name _ < <(complete -p imgtrust)
read -ra COMP_WORDS <<< "$1"
[[ $1 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)) COMP_LINE=$1 COMP_POINT=\${#1}
"$name" imgtrust "\${COMP_WORDS[COMP_CWORD]}" "\${COMP_WORDS[COMP_CWORD-1]}"
[ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -A file -- "\${COMP_WORDS[COMP_CWORD]}"))
printf '%s\\n' "\${COMPREPLY[@]}"
`

/** zsh completes in its line editor alone: a second zsh in a pseudo terminal types the line, and lists what it offers. */
const ZSH = `
zmodload zsh/zpty
zpty z zsh -f -i
say() { zpty -w z "$1" }
say 'PS1= ; autoload -Uz compinit; compinit -u -d .zcompdump; source <(imgtrust completion zsh)'
# Each word offered is printed instead of being inserted.
say 'compadd() {
  builtin compadd -O _offered "$@"
  local one; for one in "\${_offered[@]}"; do print -r -- "<offered>$one</offered>"; done
  builtin compadd "$@"
}'
say 'zle -C offer complete-word _offer; _offer() { _main_complete; compstate[insert]=; compstate[list]=; print -r -- "<do""ne>" }; bindkey "^X" offer'
say 'print -r -- "<rea""dy>"'
zpty -r z answer '*<ready>*'
zpty -wn z "$1"$'\\x18'
zpty -r z answer '*<done>*'
print -r -- "$answer"
zpty -d z
`

const shells: Readonly<Record<string, Shell>> = {
  bash: {
    offered: line => run('bash', ['--norc', '-c', BASH, 'bash', line]).split('\n').filter(Boolean),
  },
  zsh: {
    offered: line =>
      [...run('zsh', ['-f', 'complete.zsh', line]).matchAll(/<offered>(.*?)<\/offered>/g)].map(
        ([, word = '']) => word,
      ),
  },
  fish: {
    offered: line =>
      run('fish', ['--no-config', '-c', `imgtrust completion fish | source; complete -C "${line}"`])
        .split('\n')
        .filter(Boolean)
        .map(told => told.split('\t')[0] ?? ''),
  },
}

const { commands } = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8'))

describe.each(Object.entries(shells))('%s', (name, shell) => {
  const absent = missing(name)
  const offered = (line: string) => [...new Set(shell.offered(line))].sort()

  describe.skipIf(absent !== '')(absent && `skipped: no ${absent}`, () => {
    it('completes commands', () => {
      const first = [...new Set(Object.keys(commands).map(id => id.split(':')[0]))].sort()
      expect(offered('imgtrust ')).toEqual(first)
      expect(offered('imgtrust fo')).toEqual(['forecast'])
      expect(offered('imgtrust roots ')).toEqual(['diff', 'list', 'show'])
    })

    it('completes the flags of a command', () => {
      const flags = Object.keys(commands.scan.flags).map(flag => `--${flag}`)
      expect(offered('imgtrust scan --')).toEqual([...flags, '--help'].sort())
      expect(offered('imgtrust lint --fix-')).toEqual(['--fix-dry-run', '--fix-suggestions'])
      expect(offered('imgtrust scan --fix-')).toEqual([])
    })

    it('completes a rule, a format, a shell', () => {
      expect(offered('imgtrust rules expired-root')).toEqual(['expired-root', 'expired-root-kept'])
      expect(offered('imgtrust scan app.tar --format j')).toEqual(['json', 'junit'])
      expect(offered('imgtrust completion ')).toEqual(['bash', 'fish', 'zsh'])
    })

    it('leaves files to the shell', () => {
      expect(offered('imgtrust scan ap')).toEqual(['app.tar'])
      expect(offered('imgtrust scan --config ap')).toEqual(['app.tar'])
    })
  })
})
