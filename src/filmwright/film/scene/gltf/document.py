"""The JSON of a glTF 2.0 file, checked for form; what a film does not use is not named here and ignored."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat
from pydantic.alias_generators import to_camel

Name = Annotated[str, AfterValidator(lambda name: name[:100])]  # it may stand in a message
Index = Annotated[int, Field(ge=0, lt=2**31)]
Size = Annotated[int, Field(ge=0, lt=2**53)]
Two = tuple[FiniteFloat, FiniteFloat]
Three = tuple[FiniteFloat, FiniteFloat, FiniteFloat]
Four = tuple[FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat]
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[FiniteFloat, Field(ge=0)]


class Part(BaseModel):
    """Any object of the document: camelCase outside, unknown properties ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)


class Asset(Part):
    """glTF 2.0, 3.2."""

    version: Name
    min_version: Name = ""


class Buffer(Part):
    """3.6.1."""

    uri: str | None = None
    byte_length: Size


class BufferView(Part):
    """3.6.1; the stride in bytes."""

    buffer: Index
    byte_offset: Size = 0
    byte_length: Size
    byte_stride: Annotated[int, Field(ge=4, le=252)] | None = None


class SparseIndices(Part):
    """3.6.2.3."""

    buffer_view: Index
    byte_offset: Size = 0
    component_type: int


class SparseValues(Part):
    """3.6.2.3."""

    buffer_view: Index
    byte_offset: Size = 0


class Sparse(Part):
    """3.6.2.3."""

    count: Size
    indices: SparseIndices
    values: SparseValues


class Accessor(Part):
    """3.6.2."""

    buffer_view: Index | None = None
    byte_offset: Size = 0
    component_type: int
    normalized: bool = False
    count: Size
    type: Name
    sparse: Sparse | None = None


class TextureTransform(Part):
    """KHR_texture_transform."""

    offset: Two = (0.0, 0.0)
    rotation: FiniteFloat = 0.0
    scale: Two = (1.0, 1.0)
    tex_coord: Index | None = None


class TextureInfoExtensions(Part):
    """What may stand on a texture's use."""

    transform: TextureTransform | None = Field(default=None, alias="KHR_texture_transform")


class TextureInfo(Part):
    """3.9.2; `scale` of a normal texture and `strength` of an occlusion texture with it."""

    index: Index
    tex_coord: Index = 0
    scale: FiniteFloat = 1.0
    strength: Share = 1.0
    extensions: TextureInfoExtensions = TextureInfoExtensions()


class MetallicRoughness(Part):
    """3.9.2."""

    base_color_factor: Four = (1.0, 1.0, 1.0, 1.0)
    base_color_texture: TextureInfo | None = None
    metallic_factor: Share = 1.0
    roughness_factor: Share = 1.0
    metallic_roughness_texture: TextureInfo | None = None


class Clearcoat(Part):
    """KHR_materials_clearcoat."""

    clearcoat_factor: Share = 0.0
    clearcoat_roughness_factor: Share = 0.0
    clearcoat_texture: TextureInfo | None = None
    clearcoat_roughness_texture: TextureInfo | None = None
    clearcoat_normal_texture: TextureInfo | None = None


class Transmission(Part):
    """KHR_materials_transmission."""

    transmission_factor: Share = 0.0
    transmission_texture: TextureInfo | None = None


class Ior(Part):
    """KHR_materials_ior."""

    ior: FiniteFloat = 1.5


class EmissiveStrength(Part):
    """KHR_materials_emissive_strength."""

    emissive_strength: Positive = 1.0


class SpecularGlossiness(Part):
    """KHR_materials_pbrSpecularGlossiness, archived, yet many older scans carry it."""

    diffuse_factor: Four = (1.0, 1.0, 1.0, 1.0)
    diffuse_texture: TextureInfo | None = None
    glossiness_factor: Share = 1.0


class MaterialExtensions(Part):
    """The material extensions that a film shows."""

    unlit: Part | None = Field(default=None, alias="KHR_materials_unlit")
    clearcoat: Clearcoat | None = Field(default=None, alias="KHR_materials_clearcoat")
    transmission: Transmission | None = Field(default=None, alias="KHR_materials_transmission")
    ior: Ior | None = Field(default=None, alias="KHR_materials_ior")
    emissive_strength: EmissiveStrength | None = Field(default=None, alias="KHR_materials_emissive_strength")
    specular_glossiness: SpecularGlossiness | None = Field(default=None, alias="KHR_materials_pbrSpecularGlossiness")


class Material(Part):
    """3.9."""

    name: Name = ""
    pbr_metallic_roughness: MetallicRoughness | None = None
    normal_texture: TextureInfo | None = None
    occlusion_texture: TextureInfo | None = None
    emissive_texture: TextureInfo | None = None
    emissive_factor: tuple[Positive, Positive, Positive] = (0.0, 0.0, 0.0)
    alpha_mode: Literal["OPAQUE", "MASK", "BLEND"] = "OPAQUE"
    alpha_cutoff: Positive = 0.5
    double_sided: bool = False
    extensions: MaterialExtensions = MaterialExtensions()


class Image(Part):
    """3.8.2."""

    uri: str | None = None
    buffer_view: Index | None = None


class WebpSource(Part):
    """EXT_texture_webp."""

    source: Index


class TextureExtensions(Part):
    """Where a texture's picture may stand besides `source`."""

    webp: WebpSource | None = Field(default=None, alias="EXT_texture_webp")


class Texture(Part):
    """3.8.1."""

    sampler: Index | None = None
    source: Index | None = None
    extensions: TextureExtensions = TextureExtensions()


class Sampler(Part):
    """3.8.4."""

    wrap_s: int = 10497
    wrap_t: int = 10497


class Primitive(Part):
    """3.7.2."""

    attributes: dict[str, Index]
    indices: Index | None = None
    material: Index | None = None
    mode: int = 4
    targets: list[dict[str, Index]] = []


class Mesh(Part):
    """3.7.1."""

    name: Name = ""
    primitives: list[Primitive] = Field(min_length=1)
    weights: list[FiniteFloat] = []


class Node(Part):
    """3.5.2; the matrix is column-major."""

    name: Name = ""
    children: list[Index] = []
    matrix: Annotated[list[FiniteFloat], Field(min_length=16, max_length=16)] | None = None
    translation: Three = (0.0, 0.0, 0.0)
    rotation: Four = (0.0, 0.0, 0.0, 1.0)
    scale: Three = (1.0, 1.0, 1.0)
    mesh: Index | None = None
    skin: Index | None = None
    weights: list[FiniteFloat] = []


class Skin(Part):
    """3.7.3."""

    name: Name = ""
    joints: list[Index]
    inverse_bind_matrices: Index | None = None


class Target(Part):
    """3.11."""

    node: Index | None = None
    path: Name


class AnimationChannel(Part):
    """3.11."""

    sampler: Index
    target: Target


class AnimationSampler(Part):
    """3.11."""

    input: Index
    output: Index
    interpolation: Literal["LINEAR", "STEP", "CUBICSPLINE"] = "LINEAR"


class Animation(Part):
    """3.11."""

    name: Name = ""
    channels: list[AnimationChannel]
    samplers: list[AnimationSampler]


class SceneRoots(Part):
    """3.5.1."""

    nodes: list[Index] = []


class Document(Part):
    """The whole JSON document (glTF 2.0, 5.17)."""

    asset: Asset
    extensions_used: list[str] = []
    extensions_required: list[str] = []
    buffers: list[Buffer] = []
    buffer_views: list[BufferView] = []
    accessors: list[Accessor] = []
    images: list[Image] = []
    samplers: list[Sampler] = []
    textures: list[Texture] = []
    materials: list[Material] = []
    meshes: list[Mesh] = []
    nodes: list[Node] = []
    skins: list[Skin] = []
    animations: list[Animation] = []
    scenes: list[SceneRoots] = []
    scene: Index | None = None
