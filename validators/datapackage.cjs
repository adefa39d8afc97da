// Reads a release with the npm package datapackage: node datapackage.cjs FOLDER
//
// Prints the rows of each table as JSON, once the descriptor is valid, every cell is of its type and keeps its
// constraints, and every foreign key leads to a row. Exits with 1 and tells what is wrong otherwise.
const path = require('path')
const { Package } = require('datapackage')

async function main() {
  const folder = path.resolve(process.argv[2])
  const data = await Package.load(path.join(folder, 'datapackage.json'), { basePath: folder, strict: false })
  const faults = data.errors.map(String)
  const rows = {}
  for (const resource of data.valid ? data.resources : []) {
    try {
      rows[resource.name] = (await resource.read({ keyed: true })).length
      await resource.checkRelations()
    } catch (error) {
      faults.push(`${resource.name}: ${error}`, ...(error.errors || []).map(String))
    }
  }
  if (faults.length) {
    console.error(faults.join('\n'))
    process.exitCode = 1
  } else {
    console.log(JSON.stringify(rows))
  }
}

main()
