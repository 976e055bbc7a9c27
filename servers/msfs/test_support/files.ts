/** Every file below the root, as paths, those of uploads under way too; links are not followed. */
export async function filesBelow(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(root)) {
    const path = `${root}/${entry.name}`;
    if (entry.isDirectory) found.push(...await filesBelow(path));
    else found.push(path);
  }
  return found.sort();
}
