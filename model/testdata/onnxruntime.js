// Writes onnxruntime.json: what ONNX Runtime computes for the models that TestRuntime writes.
//
//   mkdir cases && ENCOMPUTE_WRITE_CASES=$PWD/cases go test ./model -run TestRuntime
//   cd creator/inference/testdata/onnxruntime && npm ci --ignore-scripts && node $OLDPWD/model/testdata/onnxruntime.js $OLDPWD/cases > $OLDPWD/model/testdata/onnxruntime.json
const ort = require(require.resolve('onnxruntime-node', { paths: [process.cwd()] }))
const fs = require('fs')
const path = require('path')

async function evaluate(dir, name) {
  const session = await ort.InferenceSession.create(path.join(dir, name + '.onnx'))
  const input = JSON.parse(fs.readFileSync(path.join(dir, name + '.json')))
  const results = await session.run({ x: new ort.Tensor('float32', Float32Array.from(input.data), input.shape) })
  const outputs = {}
  for (const [key, t] of Object.entries(results)) {
    outputs[key] = { shape: t.dims, data: Array.from(t.data, (v) => Number(Number(v).toPrecision(8))) }
  }
  return outputs
}

async function main(dir) {
  const names = fs.readdirSync(dir).filter((f) => f.endsWith('.onnx')).map((f) => f.slice(0, -5)).sort()
  const lines = []
  for (const name of names) {
    try {
      lines.push(`${JSON.stringify(name)}: ${JSON.stringify(await evaluate(dir, name))}`)
    } catch (e) {
      console.error(`${name}: ${e}`)
    }
  }
  console.log(`{\n${lines.join(',\n')}\n}`)
}

main(process.argv[2])
