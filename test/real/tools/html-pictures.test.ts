/**
 * What the page looks like, held against kept pictures (UPDATE_PICTURES=1 takes them anew: look at them before they are
 * committed). Letters are boxes there, so that they are the same with any fonts.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { html as format } from '../../../src/report/formats/html.ts'
import { options } from '../../report/sample-report.ts'
import { launchChromium } from '../../support/chromium.ts'
import { differenceOf, keptPicture, type Shot, takePicture } from '../../support/picture.ts'
import { missing } from '../../support/program.ts'
import { imgtrust, root } from '../../support/run.ts'
import { fleet } from './html-samples.ts'

const absent = missing('chromium')
const kept = join(import.meta.dirname, 'html-pictures')
const outage = ['--host', 'shop.example.com', '--image', 'examples/outage/image.tar', '--at', '2020-05-31']
const commands = {
  verify: ['verify', 'examples/outage/chain.pem', ...outage],
  lint: ['lint', 'examples/addtrust/Dockerfile', '--at', '2020-05-31'],
  forecast: ['forecast', 'examples/addtrust/Dockerfile', '--at', '2020-01-01', '--within', '1y'],
}

const shots: Readonly<Record<string, Shot & { readonly of: keyof typeof commands | 'fleet' }>> = {
  'verify-wide': { of: 'verify', width: 1200 },
  'verify-narrow-dark': { of: 'verify', width: 360, colorScheme: 'dark' },
  'verify-print': { of: 'verify', width: 800, media: 'print' },
  'lint-wide': { of: 'lint', width: 1200 },
  'forecast-wide-dark': { of: 'forecast', width: 1200, colorScheme: 'dark' },
  'fleet-wide': { of: 'fleet', width: 1200 },
}

describe.skipIf(absent !== '')(`pictures of the page${absent && ` (skipped: no ${absent})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'imgtrust-pictures-'))
  let browser: Browser
  let desk: Page

  const addressOf = (of: string) => pathToFileURL(join(folder, `${of}.html`)).href

  beforeAll(async () => {
    browser = await launchChromium()
    desk = await (await browser.newContext()).newPage()
    for (const [of, args] of Object.entries(commands))
      writeFileSync(join(folder, `${of}.html`), (await imgtrust([...args, '--format', 'html'])).stdout)
    writeFileSync(join(folder, 'fleet.html'), format.render(fleet(4), options))
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  for (const [name, shot] of Object.entries(shots)) {
    it(name, async () => {
      const actual = await takePicture(browser, addressOf(shot.of), shot)
      const expected = keptPicture(join(kept, `${name}.png`), actual)
      const difference = await differenceOf(desk, actual, expected)
      if (difference !== null) {
        const file = join(tmpdir(), `imgtrust-${name}.png`)
        writeFileSync(file, actual)
        throw new Error(`${name}: ${difference}; what was seen is in ${file}, UPDATE_PICTURES=1 keeps it`)
      }
    })
  }

  const defects: readonly (readonly [name: string, of: keyof typeof shots, planted: string])[] = [
    ['the story is gone', 'verify-wide', '.story{display:none}'],
    ['the story can’t be seen', 'verify-wide', '.story{visibility:hidden}'],
    ['the ways are not drawn as a tree', 'verify-narrow-dark', '.tree ul{display:block}'],
    ['the certificate at fault looks like the others', 'verify-wide', '.node.broken{background:none}'],
    ['the dark palette is not taken', 'forecast-wide-dark', ':root{--raised:#fff}'],
    ['the line of time is empty', 'lint-wide', '.dot{display:none}'],
    ['the remedy is hidden', 'lint-wide', '.remedy{visibility:hidden}'],
    ['the matrix tells nothing', 'fleet-wide', 'td.cell{visibility:hidden}'],
    [
      'paper shows the filter and buttons',
      'verify-print',
      '.copy{display:block!important}nav{display:block!important}',
    ],
  ]
  for (const [what, name, planted] of defects) {
    it(`would see that ${what}`, async () => {
      const shot = shots[name]!
      const actual = await takePicture(browser, addressOf(shot.of), { ...shot, planted })
      const good = await takePicture(browser, addressOf(shot.of), shot)
      expect(await differenceOf(desk, actual, good)).not.toBeNull()
    })
  }

  it('does not mind other widths of letters by a hair', async () => {
    const shot = shots['verify-wide']!
    const planted = 'body{text-indent:.4px}'
    const actual = await takePicture(browser, addressOf(shot.of), { ...shot, planted })
    expect(await differenceOf(desk, actual, await takePicture(browser, addressOf(shot.of), shot))).toBeNull()
  })

  it('the README’s picture is of the page as it is: `npm run docs:picture` takes it anew', () => {
    const file = join(folder, 'page.png')
    execFileSync(process.execPath, ['--import', 'tsx', 'scripts/docs-picture.ts', file], { cwd: root })
    const sizeOf = (path: string) => {
      const bytes = readFileSync(path)
      return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
    }
    const [now, kept] = [sizeOf(file), sizeOf(join(root, 'docs/page.png'))]
    expect(now.width).toBe(kept.width)
    // Other fonts break lines elsewhere.
    expect(Math.abs(now.height - kept.height)).toBeLessThan(kept.height * 0.12)
  })

  it('keeps few and small ones', () => {
    const files = readdirSync(kept)
    expect(files.toSorted()).toEqual(
      Object.keys(shots)
        .map(name => `${name}.png`)
        .toSorted(),
    )
    expect(files.reduce((sum, file) => sum + statSync(join(kept, file)).size, 0)).toBeLessThan(300_000)
  })
})
