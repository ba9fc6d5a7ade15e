import { renderPage } from '../html/page.ts'
import type { Format } from './index.ts'

/** One self-contained page for people who would rather look than read. */
export const html: Format = { render: renderPage }
