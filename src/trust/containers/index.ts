import { bcfks } from './bcfks.ts'
import { bks } from './bks.ts'
import { type Container, startBytes } from './container.ts'
import { derFile } from './der-file.ts'
import { jks } from './jks.ts'
import { nssDatabase } from './nss-database.ts'
import { nssModule } from './nss-module.ts'
import { p11Kit } from './p11-kit.ts'
import { pkcs7 } from './pkcs7.ts'
import { pkcs12 } from './pkcs12.ts'

export const containers: readonly Container[] = [
  jks,
  bks,
  bcfks,
  pkcs12,
  p11Kit,
  nssDatabase,
  nssModule,
  pkcs7,
  derFile,
]

/** The container that a kept file is, or null. */
export function containerOf(path: string, content: Uint8Array): Container | null {
  const start = content.subarray(0, startBytes)
  return containers.find(each => each.matches(path, content.length, start)) ?? null
}
