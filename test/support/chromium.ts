/** Headless Chromium for tests of the page: Debian's, through Playwright. */
import { execFileSync } from 'node:child_process'
import { type Browser, chromium } from 'playwright-core'

/** Starts the Chromium of the machine; nothing is asked of the network but by a page. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim(),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
