import { ServiceError } from '../contract.ts';
import { decodeJson, jsonOf } from './json.ts';
import type { Protocol, WireRequest } from './protocol.ts';
import type { OperationShape, ShapeBook, StructShape } from './shapes.ts';

interface Route {
  readonly operation: OperationShape;
  readonly method: string;
  readonly form: RegExp;
}

/**
 * The REST JSON protocol, which the Recycle Bin speaks: method and path say which operation is meant, labels in the
 * path are members of the input, and all other members are the JSON body.
 */
export function restJsonProtocol(shapes: ShapeBook): Protocol {
  let routes: readonly Route[] | undefined;

  /** @throws ServiceError where no operation has this method and path */
  const find = ({ method, path }: WireRequest) => {
    routes ??= shapes.operations().flatMap(routeOf);
    for (const route of routes) {
      const match = route.method === method ? route.form.exec(path) : null;
      if (match !== null) return { operation: route.operation, labels: match.groups ?? {} };
    }
    throw new ServiceError(
      'UnknownOperationException',
      `this sandbox models no operation for ${method} ${path}: sandbox/README.md lists what it has`,
      404,
    );
  };

  return {
    contentType: 'application/json',
    keepsEmptyLists: true,
    keepsEmptyStructs: true,
    // The query protocols and those of JSON alone call everything at the root.
    isMeantBy: ({ path }) => path !== '/',
    operationName: (request) => find(request).operation.name,
    decode: (shape, request) => ({ ...decodeJson(bodyOf(shape), request.body), ...decoded(find(request).labels) }),
    encodeOutput: ({ output: shape }, output) =>
      shape === undefined || shape.members.length === 0 ? '' : JSON.stringify(jsonOf(shape, output)),
    encodeError: (error) => JSON.stringify({ message: error.message }),
    errorHeaders: (error) => ({ 'x-amzn-errortype': error.code }),
  };
}

function routeOf(operation: OperationShape): Route[] {
  const { http } = operation;
  if (http === undefined) return [];
  // `/rules/{Identifier}`: a label is one segment of the path.
  const form = new RegExp(`^${http.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
  return [{ operation, method: http.method, form }];
}

/** @throws ServiceError for a percent sign that begins nothing */
function decoded(labels: Readonly<Record<string, string>>): Record<string, string> {
  try {
    return Object.fromEntries(Object.entries(labels).map(([name, text]) => [name, decodeURIComponent(text)]));
  } catch {
    throw new ServiceError('SerializationException', 'the path is not percent-encoded as it should be');
  }
}

/** The members that the body holds. */
function bodyOf(shape: StructShape): StructShape {
  const members = shape.members.filter(({ isLabel }) => !isLabel);
  return { ...shape, members, byName: new Map(members.map((member) => [member.name, member])) };
}
