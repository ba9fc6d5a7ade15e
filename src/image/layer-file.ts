import type { ContentReader, LayerFacts, ReadOptions } from './facts.ts'
import { type FilePart, fileChunks, openFile } from './files.ts'
import { type ExpectedLayer, readLayer } from './layer-facts.ts'
import { MemoryBudget } from './memory-budget.ts'

/**
 * Reads a layer that lies in a file: a large one in a worker, which opens the file itself.
 * @throws JobError as {@link readLayer}, and `not-found`, `unreadable`
 */
export async function readLayerFile(
  file: FilePart,
  what: string,
  expected: ExpectedLayer,
  reader: ContentReader,
  options: ReadOptions,
): Promise<LayerFacts> {
  const { workers, budget = new MemoryBudget() } = options
  if (!options.alone && workers?.takes(reader, expected.size) && budget.shared)
    return workers.read(
      { what, expected, reader: reader.version, budget: budget.shared, file },
      null,
      options,
    )
  const handle = await openFile(file.path, file.what, file.follow)
  try {
    const chunks = fileChunks(handle, file.start, file.end ?? Number.MAX_SAFE_INTEGER)
    return await readLayer(what, chunks, expected, reader, options)
  } finally {
    await handle.close()
  }
}
