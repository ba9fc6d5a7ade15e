/** What every page is: one file that asks nobody for anything, with one style, one script, a headline and sections. */
import { createHash } from 'node:crypto'
import { packageUrl } from '../links.ts'
import type { Report } from '../report.ts'
import { type Html, html, ownMarkup } from './markup.ts'
import { script } from './script.ts'
import { style } from './style.ts'

/** A part of a page; without a body it is left out. */
export interface Section {
  readonly id: string
  readonly title: string
  readonly body: Html | null
}

export interface Document {
  readonly title: string
  readonly headline: Html
  /** Under the headline: of what, when judged. */
  readonly about: string
  readonly sections: readonly Section[]
  readonly at: string
  readonly tool: Report['tool']
  /** What is out of sight is laid out late. */
  readonly large: boolean
}

/** One self-contained page that runs no script and loads no style but its own two, by their hashes. */
export function renderDocument({ title, headline, about, at, tool, large, ...rest }: Document): string {
  const policy = `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'`
  const sections = rest.sections.filter(({ body }) => body !== null)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${ownMarkup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="imgtrust ${tool.version}">
<title>${title}</title>
<style>${ownMarkup(style)}</style>
</head>
<body${large ? html` class="many"` : null}>
<a class="skip" href="#main">To the findings</a>
<header>
<p class="product">imgtrust</p>
<h1>${headline}</h1>
<p class="lead-in">${about}</p>
<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>
<main id="main">
${sections.map(
  ({ id, title, body }) => html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${body}
</section>
`,
)}</main>
<footer><p>Made by <a href="${packageUrl}" rel="noreferrer">imgtrust</a> ${tool.version} for ${at}. What is dated after ${tool.knowledge} is said as known on that day.</p></footer>
<p id="told" class="spoken" role="status"></p>
<script>${ownMarkup(script)}</script>
</body>
</html>
`.text
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
