/** design.md's law: text from an image never reaches a remedy unquoted. Every slot of every step, every dialect. */
import { describe, expect, it } from 'vitest'
import { dialectIds, render } from '../../src/remedy/dialects/index.ts'
import type { Step } from '../../src/remedy/plan.ts'
import { image, oneStage } from '../support/hand-made.ts'
import { nastyNames } from '../support/nasty-names.ts'

const conf = '/etc/ca-certificates.conf'
const names = Object.entries({
  ...nastyNames,
  jinja: '{{ lookup("pipe", "id") }}',
  'jinja statement': '{% set x = 1 %}',
  'a path upwards': '../../etc/passwd',
  option: '--config=x',
  tilde: '~root/x',
})

/** What a name could be put into; each must refuse it by itself. */
const slots: Readonly<Record<string, (name: string) => Step>> = {
  'conf name': name => ({ kind: 'conf-deselect', conf, names: [name] }),
  'conf name of an image': name => ({ kind: 'conf-delete', conf, names: [name] }),
  'conf path': name => ({ kind: 'conf-deselect', conf: `/etc/${name}`, names: ['A.crt'] }),
  'bundle path': name => ({ kind: 'bundle-delete', path: `/${name}`, fragments: ['A'.repeat(24)] }),
  fragment: name => ({ kind: 'bundle-delete', path: '/a.pem', fragments: [name] }),
  'backup from': name => ({ kind: 'backup', path: `/${name}`, to: '/b' }),
  'backup to': name => ({ kind: 'backup', path: '/a', to: `/${name}` }),
  'certificate path': name => ({ kind: 'write-certificate', path: `/${name}`, pem: ['QUJD'] }),
  'certificate line': name => ({ kind: 'write-certificate', path: '/a', pem: [name] }),
  'keystore path': name => ({
    kind: 'keystore-delete',
    path: `/${name}`,
    aliases: ['a'],
    keytool: 'keytool',
  }),
  alias: name => ({ kind: 'keystore-delete', path: '/a', aliases: [name], keytool: 'keytool' }),
  'alias with a prefix': name => ({
    kind: 'keystore-delete',
    path: '/a',
    aliases: [`debian:${name} [jdk]`],
    keytool: 'keytool',
  }),
  keytool: name => ({ kind: 'keystore-delete', path: '/a', aliases: ['a'], keytool: name }),
  'keytool path': name => ({ kind: 'keystore-delete', path: '/a', aliases: ['a'], keytool: `/${name}` }),
  python: name => ({ kind: 'pip-upgrade', python: `/${name}`, name: 'certifi', path: '/a' }),
  'link path': name => ({ kind: 'link', path: `/${name}`, to: '/b' }),
  'link target': name => ({ kind: 'link', path: '/a', to: `/${name}` }),
  package: name => ({ kind: 'install-package', manager: 'apk', names: [name], upgrade: false }),
  base: name => ({ kind: 'set-base', to: name }),
  'copied store': name => ({ kind: 'copy-store', from: name, path: '/a' }),
  'copied path': name => ({ kind: 'copy-store', from: 'alpine:3', path: `/${name}` }),
}

describe.each(Object.entries(slots))('%s', (_, step) => {
  it.each(names)('is never %s', (_, name) => {
    const models = [
      image(),
      image({ kind: 'host' }),
      image({ kind: 'rootfs' }),
      oneStage('FROM a\nCMD ["b"]\n'),
    ]
    for (const model of models) {
      for (const dialect of dialectIds) {
        const remedy = { summary: name, steps: [step(name)], proven: true, fixable: true }
        expect(render(remedy, dialect, model), dialect).toBeNull()
      }
    }
  })
})

it.each(names)('%s as a summary stands in a title at most, harmless', (_, name) => {
  const steps: Step[] = [{ kind: 'conf-deselect', conf, names: ['A.crt'] }]
  const play = render(
    { summary: name, steps, proven: true, fixable: true },
    'ansible',
    image({ kind: 'host' }),
  )
  const line = play!.split('\n').find(text => text.startsWith('- name:'))
  expect(line).toMatch(/^- name: [ -~]*$/)
  expect(line).not.toMatch(/\{\{|\{%|\{#/)
  expect(play!.split('\n')).toHaveLength(23)
})
