/** The projects whose code is edited: real files in a temporary folder. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { installed } from "./environment.mjs";

/** @typedef {"in place" | "replaced"} SavePattern truncate and write; or write another file and rename it. */

/** @typedef {"flask" | "heavy" | "django" | "heavy-django"} ProjectName */

/**
 * @typedef {object} Project
 * @property {string} saved the file that is edited.
 * @property {(version: string) => string} text of it.
 * @property {string} application as a command line names it.
 * @property {Record<string, string>} [files] more of them, by path.
 * @property {boolean} [django] made by `django-admin startproject mysite`.
 */

/** Through the names that applications use, so that nothing is imported later. */
const HEAVY = `import boto3.session
import celery.app.base
import django.forms
import docutils.parsers.rst
import flask
import openpyxl
import pydantic
import requests
import sqlalchemy.orm

import heavy_library

`;

/** @param {string} version @returns {string} */
const flask = (version) => `from flask import Flask, Response

VERSION = "${version}"
app = Flask(__name__)


@app.get("/")
def hello() -> Response:
    return Response(VERSION, mimetype="text/plain")
`;

/** @param {string} version @returns {string} */
const view = (version) => `from django.http import HttpRequest, HttpResponse

VERSION = "${version}"


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse(VERSION, content_type="text/plain")
`;

const DJANGO = {
  saved: "mysite/views.py",
  application: "mysite.wsgi:application",
  django: true,
  files: {
    "mysite/urls.py": `from django.urls import path

from mysite.views import hello

urlpatterns = [path("", hello)]
`,
  },
};

/** @type {Record<ProjectName, Project>} */
const PROJECTS = {
  flask: { saved: "app.py", application: "app:app", text: flask },
  heavy: { saved: "app.py", application: "app:app", text: (version) => HEAVY + flask(version) },
  django: { ...DJANGO, text: view },
  "heavy-django": { ...DJANGO, text: (version) => HEAVY + view(version) },
};

/** A project on disk, and its versions. */
export class ProjectFolder {
  /** @param {ProjectName} name */
  constructor(name) {
    this.project = PROJECTS[name];
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), "highball-bench-reload-")));
    /** The version that is on disk. */
    this.version = 0;
    if (this.project.django === true) {
      execFileSync(installed("django-admin"), ["startproject", "mysite", this.folder]);
    }
    for (const [path, text] of Object.entries(this.project.files ?? {})) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), text);
    }
    this.save("in place");
  }

  /**
   * Saves the next version; all have the same size.
   *
   * @param {SavePattern} pattern
   * @returns {number} when the save had returned, as performance.now() tells it.
   */
  save(pattern) {
    this.version += 1;
    const path = join(this.folder, this.project.saved);
    const text = this.project.text(versionText(this.version));
    if (pattern === "in place") {
      writeFileSync(path, text);
    } else {
      writeFileSync(`${path}.new`, text);
      renameSync(`${path}.new`, path);
    }
    return performance.now();
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** @param {number} version @returns {string} */
function versionText(version) {
  return `version-${`${version}`.padStart(6, "0")}`;
}

/**
 * @param {string} body
 * @returns {number | null} the version that an answer tells; null when it tells none.
 */
export function versionIn(body) {
  const match = /^version-(\d{6})$/.exec(body);
  return match === null ? null : Number(match[1]);
}
