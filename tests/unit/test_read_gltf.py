"""glTF geometry: containers, buffers, accessors, primitives, the node tree."""

import base64
import json

import numpy as np
import pytest

from filmwright.core.errors import FilmWarning
from filmwright.film.scene.gltf.primitives import triangles
from filmwright.film.scene.readers import readers
from tests.scans import CORNERS, SIDES, Maker, tetrahedron, volume, world_triangles

UP = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]])  # glTF's +Y up to +Z up


def read(path, **options):
    return readers.open("gltf", **options).read(path)


def only(path, **options):
    scene = read(path, **options)
    assert len(scene.meshes) == 1
    return scene.meshes[0]


def corners_of(mesh):
    """Triangles as a set that knows neither the order of vertices nor where a face begins."""
    return {
        min(tuple(map(tuple, np.roll(t, k, axis=0).tolist())) for k in range(3)) for t in mesh.positions[mesh.faces]
    }


EXPECTED = {
    min(tuple(map(tuple, np.roll(t, k, axis=0).tolist())) for k in range(3)) for t in CORNERS[SIDES.astype(int)]
}


@pytest.mark.parametrize("name", ["a.glb", "a.gltf"])
def test_a_tetrahedron_stands_up(tmp_path, name):
    scene = read(tetrahedron().save(tmp_path, name))
    assert scene.name == "a"
    assert scene.source == tmp_path / name
    assert corners_of(scene.meshes[0]) == EXPECTED
    found = world_triangles(scene)
    assert volume(found) == pytest.approx(1 / 6)
    assert found.reshape(-1, 3).max(axis=0) == pytest.approx([1, 0, 1])
    assert found.reshape(-1, 3).min(axis=0) == pytest.approx([0, -1, 0])  # glTF's +Z is the front, -Y


def test_a_buffer_in_a_data_uri(tmp_path):
    made = tetrahedron()
    uri = "data:application/octet-stream;base64," + base64.b64encode(bytes(made.blob)).decode()
    (tmp_path / "a.gltf").write_bytes(made.document(uri=uri))
    assert corners_of(only(tmp_path / "a.gltf")) == EXPECTED


def test_a_buffer_whose_name_is_percent_encoded(tmp_path):
    made = tetrahedron()
    (tmp_path / "my data.bin").write_bytes(made.blob)
    (tmp_path / "a.gltf").write_bytes(made.document(uri="my%20data.bin"))
    assert corners_of(only(tmp_path / "a.gltf")) == EXPECTED


def test_a_byte_order_mark_is_no_harm(tmp_path):
    path = tetrahedron().save(tmp_path, "a.gltf")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert corners_of(only(path)) == EXPECTED


@pytest.mark.parametrize("kind", ["u1", "u2", "u4"])
def test_indices_of_all_types(tmp_path, kind):
    made = Maker()
    made.node(mesh=made.mesh({"POSITION": CORNERS}, SIDES.astype(kind)))
    assert corners_of(only(made.save(tmp_path))) == EXPECTED


@pytest.mark.parametrize(("kind", "scale"), [("i1", 127), ("u1", 255), ("i2", 32767), ("u2", 65535)])
def test_normalized_positions(tmp_path, kind, scale):
    made = Maker()
    made.doc["extensionsUsed"] = made.doc["extensionsRequired"] = ["KHR_mesh_quantization"]
    whole = np.round(CORNERS * scale).astype(kind)
    made.node(mesh=made.mesh({"POSITION": made.accessor(whole, normalized=True)}, SIDES))
    assert corners_of(only(made.save(tmp_path))) == EXPECTED


def test_the_lowest_signed_integer_is_minus_one(tmp_path):
    made = Maker()
    uv = made.accessor(np.array([[-128, 127], [-127, 0], [0, 0], [0, 0]], "i1"), normalized=True)
    made.node(mesh=made.mesh({"POSITION": CORNERS, "TEXCOORD_0": uv, "NORMAL": CORNERS + 1}, SIDES))
    assert only(made.save(tmp_path)).uv[:2].tolist() == [[-1, 1], [-1, 0]]


def test_whole_positions_that_are_not_normalized(tmp_path):
    made = Maker()
    made.node(mesh=made.mesh({"POSITION": (CORNERS * 100).astype("i2")}, SIDES), scale=[0.01] * 3)
    assert volume(world_triangles(read(made.save(tmp_path)))) == pytest.approx(1 / 6)


def test_interleaved_attributes(tmp_path):
    made = Maker()
    rows = np.concatenate([CORNERS, CORNERS + 1, CORNERS[:, :2] / 2], axis=1).astype("f4")
    view = made.view(rows.tobytes(), byteStride=32)
    position = made.accessor(CORNERS, bufferView=view)
    normal = made.accessor(CORNERS, bufferView=view, byteOffset=12)
    uv = made.accessor(CORNERS[:, :2], bufferView=view, byteOffset=24)
    made.node(mesh=made.mesh({"POSITION": position, "NORMAL": normal, "TEXCOORD_0": uv}, SIDES))
    mesh = only(made.save(tmp_path))
    assert mesh.positions.tolist() == CORNERS.tolist()
    assert mesh.uv.tolist() == (CORNERS[:, :2] / 2).tolist()
    assert mesh.normals[0] == pytest.approx(np.full(3, 3**-0.5))


@pytest.mark.parametrize("backed", [True, False])
def test_sparse_accessors(tmp_path, backed):
    made = Maker()
    base = CORNERS * 0 if backed else None
    sparse = {
        "count": 3,
        "indices": {"bufferView": made.view(np.array([1, 2, 3], "u1").tobytes()), "componentType": 5121},
        "values": {"bufferView": made.view(CORNERS[1:].tobytes())},
    }
    more = {} if backed else {"bufferView": None}
    positions = made.accessor(base if backed else CORNERS, sparse=sparse, **more)
    made.node(mesh=made.mesh({"POSITION": positions}, SIDES))
    assert corners_of(only(made.save(tmp_path))) == EXPECTED


def test_without_indices(tmp_path):
    made = Maker()
    made.node(mesh=made.mesh({"POSITION": CORNERS[SIDES.ravel()]}))
    assert corners_of(only(made.save(tmp_path))) == EXPECTED


def test_strips_and_fans_are_wound_alike():
    assert triangles(np.arange(5), 5).tolist() == [[0, 1, 2], [1, 3, 2], [2, 3, 4]]
    assert triangles(np.arange(5), 6).tolist() == [[1, 2, 0], [2, 3, 0], [3, 4, 0]]
    assert triangles(np.arange(2), 5).shape == (0, 3)


@pytest.mark.parametrize(("mode", "order"), [(5, [0, 1, 3, 2]), (6, [0, 1, 2, 3])])
def test_a_square_as_strip_or_fan(tmp_path, mode, order):
    made = Maker()
    square = np.float32([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]])
    made.node(mesh=made.mesh({"POSITION": square}, np.array(order, "u2"), mode=mode))
    mesh = only(made.save(tmp_path))
    assert len(mesh.faces) == 2
    assert mesh.normals == pytest.approx(np.tile([0, 0, 1], (4, 1)))


def test_points_and_lines_are_left_out_with_a_warning(tmp_path):
    made = tetrahedron()
    made.node(mesh=made.mesh({"POSITION": CORNERS}, mode=1))
    with pytest.warns(FilmWarning, match="points or lines"):
        assert len(read(made.save(tmp_path)).meshes) == 1


def test_primitives_and_instances(tmp_path):
    made = Maker()
    mesh = made.mesh({"POSITION": CORNERS}, SIDES)
    made.doc["meshes"][mesh]["primitives"] *= 2
    made.node(mesh=mesh, name="left")
    made.node(mesh=mesh, name="right", translation=[5, 0, 0])
    scene = read(made.save(tmp_path))
    assert len(scene.meshes) == 2
    assert sorted(node.mesh for node in scene.nodes if node.mesh is not None) == [0, 0, 1, 1]
    found = world_triangles(scene)
    assert len(found) == 16
    assert found[..., 0].max() == pytest.approx(6)


def test_transforms_multiply_down_the_tree(tmp_path):
    made = Maker()
    mesh = made.mesh({"POSITION": CORNERS}, SIDES)
    turn = [0, np.sin(np.pi / 4), 0, np.cos(np.pi / 4)]  # a quarter about +Y
    leaf = made.node(root=False, mesh=mesh, translation=[1, 2, 3], rotation=turn, scale=[2, 2, 2])
    matrix = np.diag([0.5, 0.5, 0.5, 1.0])
    matrix[:3, 3] = [10, 0, 0]
    made.node(matrix=matrix.T.ravel().tolist(), children=[leaf])
    scene = read(made.save(tmp_path))
    x = CORNERS[SIDES.astype(int)]
    turned = np.stack([x[..., 2], x[..., 1], -x[..., 0]], axis=-1)
    expected = ((turned * 2 + [1, 2, 3]) * 0.5 + [10, 0, 0]) @ UP.T
    assert world_triangles(scene) == pytest.approx(expected, abs=1e-6)
    assert all(node.parent is None or node.parent < i for i, node in enumerate(scene.nodes))


def test_parents_stand_before_children_whatever_the_file_order(tmp_path):
    made = Maker()
    mesh = made.mesh({"POSITION": CORNERS}, SIDES)
    made.node(root=False, mesh=mesh)
    made.node(root=False, children=[0], translation=[0, 0, 7])
    made.node(children=[1], translation=[0, 0, 1])
    assert world_triangles(read(made.save(tmp_path)))[..., 1].min() == pytest.approx(-9)


@pytest.mark.parametrize("scale", [[-1, 1, 1], [1, -1, 1], [-1, -1, -1]])
def test_a_mirror_keeps_faces_and_normals_outside(tmp_path, scale):
    made = Maker()
    normals = CORNERS - 0.25
    tangents = np.concatenate([np.roll(CORNERS, 1, axis=1), np.ones((4, 1))], axis=1).astype("f4")
    made.node(mesh=made.mesh({"POSITION": CORNERS, "NORMAL": normals, "TANGENT": tangents}, SIDES), scale=scale)
    made.node(mesh=0, translation=[5, 0, 0])
    scene = read(made.save(tmp_path))
    found = world_triangles(scene)
    assert volume(found[:4]) == pytest.approx(1 / 6)
    assert volume(found[4:]) == pytest.approx(1 / 6)
    sides = {tuple(np.round(p, 5)) for t in found for p in t}
    mirrored = {tuple(p) for p in np.round((CORNERS * scale) @ UP.T, 5)}
    assert mirrored <= sides
    for node in scene.nodes:
        if node.mesh is not None:
            mesh = scene.meshes[node.mesh]
            face = mesh.positions[mesh.faces]
            flat = np.cross(face[:, 1] - face[:, 0], face[:, 2] - face[:, 0])
            assert (np.einsum("nd,ncd->nc", flat, mesh.normals[mesh.faces]).mean(axis=1) > 0).all()
    assert {float(w) for mesh in scene.meshes for w in mesh.tangents[:, 3]} == {1.0, -1.0}


def test_what_carries_no_mesh_is_left_out(tmp_path):
    made = tetrahedron()
    made.add("cameras", type="perspective", perspective={"yfov": 1, "znear": 0.1})
    made.node(camera=0, name="camera")
    made.node(children=[made.node(root=False, name="empty")])
    assert [node.name for node in read(made.save(tmp_path)).nodes] == ["thing", "node 0"]


def test_only_the_default_scene_is_read(tmp_path):
    made = tetrahedron()
    made.doc["nodes"].append({"mesh": 0, "translation": [9, 9, 9]})
    made.doc["scenes"].append({"nodes": [1]})
    assert len(world_triangles(read(made.save(tmp_path)))) == 4
    made.doc["scene"] = 1
    assert world_triangles(read(made.save(tmp_path))).min() < -8
    del made.doc["scenes"], made.doc["scene"]
    assert len(world_triangles(read(made.save(tmp_path)))) == 8


def test_vertex_attributes_come_through(tmp_path):
    made = Maker()
    rng = np.random.default_rng(1)
    uv, uv1 = rng.random((4, 2), np.float32), rng.random((4, 2), np.float32)
    colors = made.accessor(np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [51, 51, 51]], "u1"), normalized=True)
    attributes = {"POSITION": CORNERS, "NORMAL": CORNERS + 1, "TEXCOORD_0": uv, "TEXCOORD_1": uv1, "COLOR_0": colors}
    mesh_id = made.mesh(attributes, SIDES)
    made.node(mesh=mesh_id)
    mesh = only(made.save(tmp_path))
    assert np.array_equal(mesh.uv, uv)
    assert np.array_equal(mesh.uv1, uv1)
    assert mesh.colors == pytest.approx(np.float32([[1, 0, 0, 1], [0, 1, 0, 1], [0, 0, 1, 1], [0.2, 0.2, 0.2, 1]]))


def test_degenerate_triangles_and_unused_vertices_go(tmp_path):
    made = Maker()
    points = np.concatenate([CORNERS, np.float32([[100, 100, 100]])])
    faces = np.concatenate([SIDES, np.array([[0, 0, 1], [4, 4, 4]], "u2")])
    made.node(mesh=made.mesh({"POSITION": points, "NORMAL": points + 1}, faces))
    mesh = only(made.save(tmp_path))
    assert corners_of(mesh) == EXPECTED
    assert len(mesh.positions) == 4


def test_bad_normals_are_made_again(tmp_path):
    made = Maker()
    square = np.float32([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]])
    normals = np.float32([[0, 0, 5], [np.nan] * 3, [0, 0, 0], [0, 0, 1]])
    made.node(mesh=made.mesh({"POSITION": square, "NORMAL": normals}, np.array([[0, 1, 2], [0, 2, 3]], "u2")))
    assert only(made.save(tmp_path)).normals == pytest.approx(np.tile([0, 0, 1], (4, 1)))


def test_missing_normals_follow_the_crease(tmp_path):
    path = tetrahedron().save(tmp_path)
    assert len(only(path).positions) == 12  # every edge of a tetrahedron is sharp
    assert len(only(path, crease=180.0).positions) == 4


def test_morph_targets_stand_at_their_weights(tmp_path):
    made = Maker()
    target = {"POSITION": made.accessor(CORNERS)}
    made.node(mesh=made.mesh({"POSITION": CORNERS}, SIDES, targets=[target], weights=[0.5]))
    made.node(mesh=0, weights=[1.0])
    found = world_triangles(read(made.save(tmp_path)))
    assert volume(found[:4]) == pytest.approx(1.5**3 / 6)
    assert volume(found[4:]) == pytest.approx(2**3 / 6)


def test_json_alone_is_enough_of_a_glb(tmp_path):
    made = tetrahedron()
    uri = "data:application/octet-stream;base64," + base64.b64encode(bytes(made.blob)).decode()
    document = json.loads(made.document(uri=uri))
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    head = b"glTF" + (2).to_bytes(4, "little") + (20 + len(text)).to_bytes(4, "little")
    (tmp_path / "a.glb").write_bytes(head + len(text).to_bytes(4, "little") + b"JSON" + text)
    assert corners_of(only(tmp_path / "a.glb")) == EXPECTED
