"""The kinds that the simulated API serves."""

from __future__ import annotations

from dataclasses import dataclass

VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
TARGET_GROUP_BINDINGS = {"auto": "eks.amazonaws.com/v1", "controller": "elbv2.k8s.aws/v1beta1"}


@dataclass(frozen=True)
class Kind:
    """A resource of the API, such as deployments of apps/v1."""

    api_version: str
    plural: str
    kind: str
    namespaced: bool = True
    short: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    # Of a custom resource lists are whole values, as its definition says nothing else.
    custom: bool = False

    @property
    def group(self) -> str:
        """apps of apps/v1; empty for v1."""
        return self.api_version.rpartition("/")[0]

    @property
    def version(self) -> str:
        """v1 of apps/v1."""
        return self.api_version.rpartition("/")[2]

    @property
    def root(self) -> str:
        """The path below which it is served, such as /apis/apps/v1."""
        return f"/apis/{self.api_version}" if self.group else f"/api/{self.api_version}"


STATUS = ("status",)
SCALED = ("status", "scale")

BUILT_IN = (
    Kind("v1", "namespaces", "Namespace", namespaced=False, short=("ns",), subresources=STATUS),
    Kind("v1", "secrets", "Secret"),
    Kind("v1", "configmaps", "ConfigMap", short=("cm",)),
    Kind("v1", "services", "Service", short=("svc",), subresources=STATUS),
    Kind("v1", "serviceaccounts", "ServiceAccount", short=("sa",)),
    Kind("v1", "pods", "Pod", short=("po",), subresources=("status", "log")),
    Kind("v1", "events", "Event", short=("ev",)),
    Kind("apps/v1", "deployments", "Deployment", short=("deploy",), subresources=SCALED),
    Kind("apps/v1", "replicasets", "ReplicaSet", short=("rs",), subresources=SCALED),
    Kind("networking.k8s.io/v1", "networkpolicies", "NetworkPolicy", short=("netpol",)),
    Kind("autoscaling/v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", short=("hpa",), subresources=STATUS),
    Kind("policy/v1", "poddisruptionbudgets", "PodDisruptionBudget", short=("pdb",), subresources=STATUS),
    Kind("rbac.authorization.k8s.io/v1", "roles", "Role"),
    Kind("rbac.authorization.k8s.io/v1", "rolebindings", "RoleBinding"),
)


def custom(api_version: str) -> Kind:
    """The TargetGroupBinding of Auto Mode or of the AWS Load Balancer Controller."""
    return Kind(api_version, "targetgroupbindings", "TargetGroupBinding", subresources=STATUS, custom=True)


NODE_POOL = Kind("karpenter.sh/v1", "nodepools", "NodePool", namespaced=False, subresources=STATUS, custom=True)

# What a cluster has beside the built-in kinds: of EKS Auto Mode, of the AWS Load Balancer Controller, or nothing.
FLAVOURS = {
    "auto": (custom(TARGET_GROUP_BINDINGS["auto"]), NODE_POOL),
    "controller": (custom(TARGET_GROUP_BINDINGS["controller"]),),
    "plain": (),
}


class Kinds:
    """What one cluster serves, by API version and plural, or by kind."""

    def __init__(self, flavour: str) -> None:
        self.all = BUILT_IN + FLAVOURS[flavour]
        self._by_path = {(kind.api_version, kind.plural): kind for kind in self.all}
        self._by_name = {kind.kind: kind for kind in self.all}

    def find(self, api_version: str, plural: str) -> Kind | None:
        return self._by_path.get((api_version, plural))

    def named(self, kind: str) -> Kind:
        return self._by_name[kind]

    def api_versions(self) -> list[str]:
        """Each once, in the order of the kinds."""
        return list(dict.fromkeys(kind.api_version for kind in self.all))
