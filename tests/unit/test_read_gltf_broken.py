"""glTF files that are broken or unsafe: each gives its own clear error."""

import json
import os
import struct
import tracemalloc

import numpy as np
import pytest

from filmwright.core.errors import BadAsset
from filmwright.film.scene.readers import readers
from tests.scans import CORNERS, SIDES, Maker, png, tetrahedron


def refused(path, match, **options):
    with pytest.raises(BadAsset, match=match) as info:
        readers.open("gltf", **options).read(path)
    assert path.name in str(info.value)
    assert str(info.value).endswith(".")


def put(tmp_path, data, name="a.glb"):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return path


def test_nothing_there(tmp_path):
    refused(tmp_path / "gone.glb", "there is no file")
    (tmp_path / "folder.glb").mkdir()
    refused(tmp_path / "folder.glb", "is a folder")
    refused(put(tmp_path, b""), "is empty")
    os.mkfifo(tmp_path / "pipe.glb")
    refused(tmp_path / "pipe.glb", "no plain file")


@pytest.mark.parametrize(
    ("cut", "match"),
    [
        (lambda d: d[:10], "truncated GLB: 10 bytes"),
        (lambda d: d[:-100], "truncated GLB: it promises"),
        (lambda d: d[:8] + struct.pack("<I", 200) + d[12:200], "a chunk of .* ends past the file"),
        (lambda d: d[:4] + struct.pack("<I", 1) + d[8:], "GLB version 1"),
        (lambda d: d[:16] + b"XXXX" + d[20:], "first chunk is not JSON"),
        (lambda d: d[:12] + struct.pack("<I", 2**31) + d[16:], "a chunk of 2,147,483,648 bytes ends past"),
    ],
)
def test_containers(tmp_path, cut, match):
    refused(put(tmp_path, cut(tetrahedron().glb())), match)


@pytest.mark.parametrize(
    "text",
    [
        b"{",
        b"not json",
        b"[]",
        b"{}",
        b"\xff\xfe\x00",
        b'{"asset": {"version": "2.0"}, "nodes": 5}',
        b'{"asset": {"version": "2.0"}, "nodes": [{"translation": [0, 1e999, 0]}]}',
        b'{"asset": {"version": "2.0"}, "nodes": [{"mesh": -1}]}',
        b'{"asset": {"version": "2.0"}, "materials": [{"pbrMetallicRoughness": {"metallicFactor": 7}}]}',
        b"[" * 100_000,
    ],
)
def test_bad_json(tmp_path, text):
    refused(put(tmp_path, text, "a.gltf"), "is no valid glTF")


def test_versions(tmp_path):
    refused(put(tmp_path, {"asset": {"version": "1.0"}}, "a.gltf"), r"is glTF '1.0'; only version 2")
    refused(put(tmp_path, {"asset": {"version": "2.1", "minVersion": "3.0"}}, "a.gltf"), "is glTF '3.0'")


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("KHR_draco_mesh_compression", "without Draco"),
        ("EXT_meshopt_compression", "without meshopt"),
        ("KHR_texture_basisu", "PNG or JPEG"),
        ("VENDOR_own", "without VENDOR_own"),
    ],
)
def test_required_extensions_are_named(tmp_path, name, advice):
    made = tetrahedron()
    made.doc["extensionsUsed"] = made.doc["extensionsRequired"] = [name]
    refused(made.save(tmp_path), f"needs the glTF extension '{name}', which is not supported.*{advice}")


def test_nothing_to_film(tmp_path):
    made = Maker()
    refused(made.save(tmp_path), "no triangles")
    made.node(name="empty")
    refused(made.save(tmp_path), "no triangles")
    flat = Maker()
    flat.node(mesh=flat.mesh({"POSITION": CORNERS * 0}, SIDES))
    refused(flat.save(tmp_path), "no triangles")
    none = Maker()
    none.node(mesh=none.mesh({"POSITION": CORNERS[:0]}, SIDES[:0]))
    refused(none.save(tmp_path), "no triangles")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e30])
def test_vertices_that_are_no_places(tmp_path, bad):
    points = CORNERS.copy()
    points[2, 1] = bad
    made = Maker()
    made.node(mesh=made.mesh({"POSITION": points}, SIDES, name=None))
    refused(made.save(tmp_path), "1 vertices that are not finite or beyond 1e.09, the first is number 2")


def test_indices_out_of_range(tmp_path):
    made = Maker()
    made.node(mesh=made.mesh({"POSITION": CORNERS}, SIDES + np.uint16(1)))
    refused(made.save(tmp_path), "names vertex 4, but its 4 vertices")


CHANGES = {
    "a buffer shorter than its views": (lambda d: d["bufferViews"][0].update(byteLength=10**9), "bufferView 0 needs"),
    "a view shorter than its accessor": (
        lambda d: d["bufferViews"][0].update(byteLength=8),
        "accessor 0 needs 48 bytes",
    ),
    "a huge count": (lambda d: d["accessors"][0].update(count=2**40), "vertices, above the limit"),
    "a large count": (lambda d: d["accessors"][0].update(count=40_000_000), "accessor 0 needs 480,000,000 bytes"),
    "huge indices": (lambda d: d["accessors"][1].update(count=3 * 2**40), "triangles, above the limit"),
    "zeros without end": (
        lambda d: (d["accessors"][0].update(count=45_000_000), d["accessors"][0].pop("bufferView")),
        "without data",
    ),
    "an offset past the end": (lambda d: d["accessors"][0].update(byteOffset=2**50), "accessor 0 needs"),
    "an unknown component": (lambda d: d["accessors"][0].update(componentType=5130), "unknown component type 5130"),
    "positions of two numbers": (
        lambda d: d["accessors"][0].update(type="VEC2"),
        "'VEC2', which its use does not allow",
    ),
    "float indices": (lambda d: d["accessors"][1].update(componentType=5126, count=3), "no unsigned integers"),
    "no such accessor": (lambda d: d["meshes"][0]["primitives"][0].update(indices=9), "accessor 9, but has only 2"),
    "no such view": (lambda d: d["accessors"][0].update(bufferView=9), "bufferView 9, but has only 2"),
    "no such buffer": (lambda d: d["bufferViews"][0].update(buffer=9), "buffer 9, but has only 1"),
    "no such mesh": (lambda d: d["nodes"][0].update(mesh=9), "mesh 9, but has only 1"),
    "no such material": (lambda d: d["meshes"][0]["primitives"][0].update(material=0), "material 0, but has only 0"),
    "no such node": (lambda d: d["nodes"][0].update(children=[9]), "node 9, but has only 1"),
    "no such scene": (lambda d: d.update(scene=9), "scene 9, but has only 1"),
    "no positions": (lambda d: d["meshes"][0]["primitives"][0].update(attributes={}), "has no POSITION"),
    "an unknown mode": (lambda d: d["meshes"][0]["primitives"][0].update(mode=7), "unknown mode 7"),
    "corners that are no triangles": (lambda d: d["accessors"][1].update(count=11), "11 corners"),
    "a node that is its own child": (lambda d: d["nodes"][0].update(children=[0]), "no tree"),
    "a singular place": (lambda d: d["nodes"][0].update(matrix=[1.0] * 16), "places nothing"),
    "attributes of other lengths": (
        lambda d: d["meshes"][0]["primitives"][0]["attributes"].update(NORMAL=1),
        "NORMAL has 12 elements, POSITION 4",
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_broken_documents(tmp_path, case):
    change, match = CHANGES[case]
    made = tetrahedron()
    change(made.doc)
    path = made.save(tmp_path)
    tracemalloc.start()
    refused(path, match)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000  # bytes: nothing was allocated for what the file only promises


def test_a_ring_of_nodes_and_a_shared_child(tmp_path):
    made = tetrahedron()
    made.doc["nodes"] = [{"children": [1]}, {"children": [2]}, {"children": [1], "mesh": 0}]
    refused(made.save(tmp_path), "node 1 is reached twice")
    made.doc["nodes"] = [{"children": [1, 2]}, {"children": [3]}, {"children": [3]}, {"mesh": 0}]
    refused(made.save(tmp_path), "node 3 is reached twice")


def test_a_deep_tree_is_no_trouble(tmp_path):
    made = tetrahedron()
    made.doc["nodes"] = [*({"children": [i + 1]} for i in range(5000)), {"mesh": 0}]
    assert len(readers.open("gltf").read(made.save(tmp_path)).nodes) == 5002


def test_sparse_accessors_out_of_range(tmp_path):
    made = tetrahedron()
    view = made.view(np.array([7], "u1").tobytes())
    values = made.view(CORNERS[:1].tobytes())
    sparse = {"count": 1, "indices": {"bufferView": view, "componentType": 5121}, "values": {"bufferView": values}}
    made.doc["accessors"][0]["sparse"] = sparse
    refused(made.save(tmp_path), "replaces element 7 of 4")
    sparse["count"] = 9
    refused(made.save(tmp_path), "replaces 9 of its 4")
    sparse.update(count=1, indices={"bufferView": view, "componentType": 5126})
    refused(made.save(tmp_path), "sparse indices that are no unsigned")


def test_missing_and_short_buffers(tmp_path):
    path = tetrahedron().save(tmp_path, "a.gltf")
    blob = (tmp_path / "a.bin").read_bytes()
    (tmp_path / "a.bin").write_bytes(blob[:50])
    refused(path, "should have 72 bytes and has 50")
    (tmp_path / "a.bin").unlink()
    refused(path, "buffer file 'a.bin', which is not beside it")
    refused(put(tmp_path, tetrahedron().document(), "b.gltf"), "no uri and there is no binary chunk")
    uri = "data:application/octet-stream;base64,!!!"
    refused(put(tmp_path, tetrahedron().document(uri=uri), "c.gltf"), "broken data URI")


OUTSIDE = [
    "../secret.bin",
    "..%2Fsecret.bin",
    "%2e%2e/secret.bin",
    "sub/../../secret.bin",
    "..\\secret.bin",
    "/etc/passwd",
    "%2Fetc%2Fpasswd",
    "\\\\server\\share",
    "C:\\secret.bin",
    "file:///etc/passwd",
    "http://example.com/a.bin",
    "https://example.com/a.bin",
    "link.bin",
    "linked/secret.bin",
    "",
    "a%00.bin",
    "x" * 5000,
]


@pytest.fixture
def den(tmp_path):
    """A folder beside a secret, with symbolic links to it."""
    (tmp_path / "secret.bin").write_bytes(bytes(10**4))
    folder = tmp_path / "den"
    folder.mkdir()
    (folder / "link.bin").symlink_to(tmp_path / "secret.bin")
    (folder / "linked").symlink_to(tmp_path)
    return folder


@pytest.mark.parametrize("uri", OUTSIDE)
def test_buffers_stay_in_the_folder(den, uri):
    refused(put(den, tetrahedron().document(uri=uri), "a.gltf"), "refers to")


@pytest.mark.parametrize("uri", OUTSIDE)
def test_pictures_stay_in_the_folder(den, uri):
    (den.parent / "secret.bin").write_bytes(png(np.zeros((2, 2, 3))))
    made = tetrahedron(material=0)
    made.add("images", uri=uri)
    made.add("textures", source=0)
    made.add("materials", normalTexture={"index": 0})
    refused(made.save(den, "a.gltf"), "refers to")


def test_a_folder_below_is_fine(den):
    (den / "sub").mkdir()
    made = tetrahedron()
    (den / "sub" / "a.bin").write_bytes(made.blob)
    for uri in ("sub/a.bin", "./sub/a.bin", "sub/../sub/a.bin", "sub%2Fa.bin"):
        assert readers.open("gltf").read(put(den, made.document(uri=uri), "a.gltf")).meshes
