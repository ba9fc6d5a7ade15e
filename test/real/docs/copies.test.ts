/** The pages of docs/ that work in a copy of the checkout, followed to the letter: they build and test there. */
import { describe } from 'vitest'
import { pages, tryPage, worksInCopy } from '../../support/try-page.ts'

describe.each(pages.filter(worksInCopy))('docs/%s', name => tryPage(name, { copies: true }))
