/**
 * `npm run docs:picture`: docs/page.png, what the README shows: the page of the outage in docs/outage-of-2020.md, from its
 * top to the first remedy, as Chromium shows it.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { launchChromium } from '../test/support/chromium.ts'
import { palettePng } from './palette-png.ts'

const root = resolve(import.meta.dirname, '..')
const file = resolve(process.argv[2] ?? join(root, 'docs/page.png'))
const WIDTH = 1100
/** The day on which the page seems to be opened: its line of the reader's day stands still. */
const TODAY = Date.UTC(2026, 10, 1)

const outage = ['--host', 'shop.example.com', '--image', 'examples/outage/image.tar', '--at', '2020-05-31']
const html = execFileSync(
  process.execPath,
  ['bin/run.js', 'verify', 'examples/outage/chain.pem', ...outage, '--fail-on', 'never', '--format', 'html'],
  { cwd: root, encoding: 'utf8' },
)
const folder = mkdtempSync(join(tmpdir(), 'imgtrust-picture-'))
const browser = await launchChromium()
try {
  const page = join(folder, 'page.html')
  writeFileSync(page, html)
  // The style that is put in is ours as well: a font that more readers have than a bare server does.
  const context = await browser.newContext({ viewport: { width: WIDTH, height: 900 }, bypassCSP: true })
  const tab = await context.newPage()
  await tab.addInitScript(`Object.defineProperty(performance, 'timeOrigin', { value: ${TODAY} })`)
  await tab.goto(pathToFileURL(page).href)
  await tab.addStyleTag({ content: 'body{font-family:Roboto,system-ui,sans-serif}' })
  const last = await tab.locator('.path.refused').first().boundingBox()
  if (!last) throw new Error('the page has no refusal to show')
  const height = Math.ceil(last.y + last.height + 24)
  const shot = await tab.screenshot({ fullPage: true, clip: { x: 0, y: 0, width: WIDTH, height } })
  const desk = await (await browser.newContext()).newPage()
  const pixels = await desk.evaluate<string>(`(async () => {
    const image = new Image()
    image.src = 'data:image/png;base64,${shot.toString('base64')}'
    await image.decode()
    const pen = new OffscreenCanvas(${WIDTH}, ${height}).getContext('2d')
    pen.drawImage(image, 0, 0)
    const { data } = pen.getImageData(0, 0, ${WIDTH}, ${height})
    let text = ''
    for (let at = 0; at < data.length; at += 8192) text += String.fromCharCode(...data.subarray(at, at + 8192))
    return btoa(text)
  })()`)
  writeFileSync(file, palettePng(Buffer.from(pixels, 'base64'), WIDTH, height))
} finally {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
}
