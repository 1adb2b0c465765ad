// Reads an OpenRPC document from the standard input and checks it against the meta-schema of the OpenRPC project, and
// every example against the schemas of its method.
import { readFileSync } from "node:fs";
import Ajv from "ajv";
import openrpc from "@open-rpc/meta-schema";
import jsonSchema from "@json-schema-tools/meta-schema";

const document = JSON.parse(readFileSync(0, "utf8"));
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
// The meta-schema refers to this copy of JSON schema's own schema by its address with and without a slash; here it has a
// name that is spelled in one way.
const draft7 = "https://lockstep.invalid/draft7";
const renamed = ({ $schema, ...schema }) => JSON.parse(JSON.stringify(schema).replaceAll(/https:\/\/meta\.json-schema\.tools\/?/g, draft7));
ajv.addSchema(renamed(jsonSchema.default));

function check(validate, what, value) {
  if (!validate(value)) {
    console.error(`${what}: ${ajv.errorsText(validate.errors, { separator: "\n" })}`);
    process.exitCode = 1;
  }
}

check(ajv.compile(renamed(openrpc.openrpcDocument)), "the document", document);

// Where the document's schemas refer to each other, the document itself is the root.
ajv.addSchema({ $id: "https://lockstep.invalid/openrpc", components: document.components });
const inDocument = (schema) =>
  ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"https://lockstep.invalid/openrpc#/components/')));
let examples = 0;
for (const method of document.methods) {
  for (const example of method.examples ?? []) {
    examples++;
    example.params.forEach((p, i) => check(inDocument(method.params[i].schema), `${method.name}, ${example.name}, ${p.name}`, p.value));
    check(inDocument(method.result.schema), `${method.name}, ${example.name}, result`, example.result.value);
  }
}
if (!examples) {
  console.error("the document has no examples");
  process.exitCode = 1;
}
