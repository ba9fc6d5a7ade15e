/** What a Dockerfile trusts that Mozilla had taken out of its data, and since when. */
import { diffRoots } from 'imgtrust'

const { pairs } = await diffRoots('examples/addtrust/Dockerfile', 'release:mozilla 2.60', {
  at: Date.parse('2026-11-23'),
})
for (const { onlyA, both } of pairs) {
  console.log(`${both} in both`)
  for (const { name, notAfter, status } of onlyA)
    if (!status.includes('expired'))
      console.log(`${name} until ${notAfter.slice(0, 10)}: ${status.join(', ')}`)
}
