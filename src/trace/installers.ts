/**
 * Installers that people pipe into a shell and that only bring their own program: read in their sources, they install
 * no certificates and run no package manager.
 */
const INSTALLERS: readonly RegExp[] = [
  /sh\.rustup\.rs/,
  /raw\.githubusercontent\.com\/(nvm-sh|creationix)\/nvm\//,
  /install\.python-poetry\.org/,
  /astral\.sh\/uv\//,
  /getcomposer\.org\/installer/,
  /bun\.sh\/install/,
  /deno\.land\/(x\/)?install/,
  /yarnpkg\.com\/install/,
  /get\.pnpm\.io\/install/,
  /raw\.githubusercontent\.com\/helm\/helm\//,
  /raw\.githubusercontent\.com\/golangci\/golangci-lint\//,
]

/** Does this text (of where a script comes from) name one of them? */
export function knownInstaller(text: string): boolean {
  return INSTALLERS.some(installer => installer.test(text))
}
