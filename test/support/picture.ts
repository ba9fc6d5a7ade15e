/** Pictures of pages compared with kept ones: by blocks, with a tolerance, in Chromium's own canvas. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { boxFont } from './box-font.ts'

/** A picture is taken at this part of its size: it shall show the layout, and be small. */
const SCALE = 0.4
/** Pixels of a picture that are compared as one. */
const BLOCK = 8
/** A block is another one where a channel of its mean differs by more than this, of 255. */
const CHANNEL = 16
/** So many of a thousand blocks, or of a thousand lines of pixels, may be others. */
const TOLERANCE = 4

export interface Shot {
  readonly width: number
  readonly colorScheme?: 'light' | 'dark'
  readonly media?: 'screen' | 'print'
  /** A rule of style that is planted: the picture of a defect. */
  readonly planted?: string
}

/** The day on which the page seems to be opened. */
const TODAY = Date.UTC(2026, 10, 1)

/** The whole page from top to bottom, set in a font that is the same everywhere. */
export async function takePicture(browser: Browser, address: string, shot: Shot): Promise<Buffer> {
  const { width, colorScheme = 'light', media = 'screen', planted = '' } = shot
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    deviceScaleFactor: SCALE,
    colorScheme,
    // The page's own policy would refuse the font.
    bypassCSP: true,
  })
  try {
    const page = await context.newPage()
    await page.addInitScript(`Object.defineProperty(performance, 'timeOrigin', { value: ${TODAY} })`)
    await page.emulateMedia({ media, colorScheme })
    await page.goto(address)
    const font = `data:font/ttf;base64,${boxFont().toString('base64')}`
    await page.addStyleTag({
      content: `@font-face{font-family:Box;src:url(${font})}*,*::before,*::after{font-family:Box!important;letter-spacing:0!important}select,input{appearance:none;width:8rem;height:2rem}input[type=checkbox]{width:1rem;height:1rem}${planted}`,
    })
    await page.evaluate('document.fonts.ready')
    const loaded = await page.evaluate(
      `document.fonts.check('16px Box') && [...document.fonts].every(font => font.status === 'loaded')`,
    )
    if (!loaded) throw new Error('Chromium does not take the font')
    return await page.screenshot({ fullPage: true })
  } finally {
    await context.close()
  }
}

/** How two pictures differ: `null` where they don't, but for the tolerance. */
export async function differenceOf(page: Page, actual: Buffer, expected: Buffer): Promise<string | null> {
  const address = (picture: Buffer) => `data:image/png;base64,${picture.toString('base64')}`
  // Written as text: what runs in the browser is not compiled with the tests.
  return page.evaluate(`(async () => {
    const load = async address => {
      const image = new Image()
      image.src = address
      await image.decode()
      return image
    }
    const [actual, expected] = [await load(${JSON.stringify(address(actual))}), await load(${JSON.stringify(address(expected))})]
    const size = ({ width, height }) => width + '×' + height
    if (actual.width !== expected.width || Math.abs(actual.height - expected.height) * 1000 > expected.height * ${TOLERANCE})
      return 'it is ' + size(actual) + ', not ' + size(expected)
    const [across, down] = [Math.ceil(expected.width / ${BLOCK}), Math.ceil(expected.height / ${BLOCK})]
    const blocks = image => {
      const canvas = new OffscreenCanvas(expected.width, expected.height)
      const pen = canvas.getContext('2d', { willReadFrequently: true })
      pen.drawImage(image, 0, 0, expected.width, expected.height)
      const { data } = pen.getImageData(0, 0, expected.width, expected.height)
      const sums = new Float64Array(across * down * 4)
      for (let y = 0; y < expected.height; y++) for (let x = 0; x < expected.width; x++) {
        const block = (Math.floor(y / ${BLOCK}) * across + Math.floor(x / ${BLOCK})) * 4
        const pixel = (y * expected.width + x) * 4
        for (let channel = 0; channel < 3; channel++) sums[block + channel] += data[pixel + channel]
        sums[block + 3]++
      }
      return sums
    }
    const [ours, theirs] = [blocks(actual), blocks(expected)]
    let others = 0
    for (let block = 0; block < across * down; block++) {
      const differs = [0, 1, 2].some(channel =>
        Math.abs(ours[block * 4 + channel] - theirs[block * 4 + channel]) / theirs[block * 4 + 3] > ${CHANNEL})
      if (differs) others++
    }
    return others * 1000 > across * down * ${TOLERANCE} ? others + ' of ' + across * down + ' blocks differ' : null
  })()`)
}

/** The kept picture; where pictures are renewed, it is written first. */
export function keptPicture(file: string, actual: Buffer): Buffer {
  if (process.env.UPDATE_PICTURES && !process.env.CI) writeFileSync(file, actual)
  if (!existsSync(file)) throw new Error(`${file} is not there: UPDATE_PICTURES=1 makes it`)
  return readFileSync(file)
}
