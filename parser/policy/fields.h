// SPDX-License-Identifier: Apache-2.0
// The members of the policy language as data: what each object may hold, in which form, and one sentence about it. The
// builder looks members up here; completion, hover texts and the JSON Schema are made from the same rows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "parser/policy/build.h"

namespace aclc {

/// The objects that have fixed members.
enum class Shape : uint8_t {
  kPolicy,
  kAcl,
  kGrant,
  kAutoApprovers,
  kSsh,
  kNodeAttr,
  kTest,
  kSshTest,
  kDns,
  kDerpMap,
  kDerpRegion,
  kDerpNode,
  kCustomAttribute,
  kDnsRecord,
  kAppConnector,
};
inline constexpr size_t kShapes = 15;

/// What one value is. The first line needs a JSON string.
enum class Value : uint8_t {
  kText,
  kChoice,
  kSelector,
  kDestination,
  kTestDestination,
  kNetCapability,
  kProtocol,
  kLogin,
  kDuration,
  kNodeAttribute,
  kAddress,
  kPrefix,
  kAddressOrPrefix,
  kIpSetElement,
  kAssertion,
  kDomain,
  kTag,
  kPostureName,
  kBoolean,
  kInteger,
  kScalar,    ///< string, number or boolean
  kObject,    ///< of Field::shape
  kAnything,  ///< opaque JSON
};

/// How many of them, and how held.
enum class Container : uint8_t {
  kOne,
  kList,
  kMap,         ///< name -> value
  kMapOfLists,  ///< name -> array of values
};

/// What the names of a map are.
enum class KeyForm : uint8_t {
  kNone,
  kGroup,
  kHost,
  kIpSet,
  kTag,
  kPosture,
  kPrefix,
  kService,
  kCapability,
  kAttribute,
  kCustomAttribute,
  kRegion,
  kDomain,
};

/// Who knows a member.
enum class KnownBy : uint8_t {
  kBoth,
  kTailscale,
  kOurs,  ///< neither; this project's node daemon serves it
};

struct Field {
  std::string_view name;      ///< preferred spelling
  std::string_view old_name;  ///< legacy spelling, or empty
  Container container;
  Value value;
  KeyForm key;  ///< of maps
  Shape shape;  ///< of kObject
  KnownBy known_by;
  std::span<const std::string_view> choices;  ///< of kChoice; of other strings what completion offers
  std::string_view doc;                       ///< one sentence, Markdown
};

struct ShapeInfo {
  std::string_view title;  ///< "an acls entry"
  std::span<const Field> fields;
};

const ShapeInfo& shape_info(Shape shape);

/// How a member's name matched.
struct FieldMatch {
  uint32_t index = 0;     ///< into ShapeInfo::fields
  bool old_name = false;  ///< by the legacy spelling
};

/// Names match in any ASCII case; for Headscale `_` and `-` are left out of the comparison too, and legacy spellings
/// are unknown (policy documentation; Headscale's decoder).
std::optional<FieldMatch> find_field(Shape shape, std::string_view name, Target target);

/// "an array of strings", "true or false" ...: what a field must be, for messages.
std::string_view expected_text(const Field& field);
/// Likewise for one element of its list or map.
std::string_view expected_element_text(const Field& field);

// Positions of the rows in their tables, for switches over FieldMatch::index.
namespace field {
enum Policy : uint32_t {
  kAcls,
  kGrants,
  kGroups,
  kHosts,
  kIpsets,
  kTagOwners,
  kAutoApprovers,
  kSsh,
  kNodeAttrs,
  kPostures,
  kDefaultSrcPosture,
  kTests,
  kSshTests,
  kDerpMap,
  kDisableIPv4,
  kOneCgnatRoute,
  kRandomizeClientPort,
  kExtraDnsRecords,
  kAttrConfig,
  kDns
};
namespace acl {
enum Acl : uint32_t { kAction, kSrc, kDst, kProto, kSrcPosture };
}
namespace grant {
enum Grant : uint32_t { kSrc, kDst, kIp, kApp, kVia, kSrcPosture };
}
namespace approvers {
enum AutoApprovers : uint32_t { kRoutes, kExitNode, kServices };
}
namespace ssh {
enum Ssh : uint32_t { kAction, kSrc, kDst, kUsers, kCheckPeriod, kAcceptEnv, kRecorder, kEnforceRecorder, kSrcPosture };
}
namespace node_attr {
enum NodeAttr : uint32_t { kTarget, kAttr, kIpPool, kApp };
}
namespace test {
enum Test : uint32_t { kSrc, kProto, kAccept, kDeny, kSrcPostureAttrs };
}
namespace ssh_test {
enum SshTest : uint32_t { kSrc, kDst, kAccept, kCheck, kDeny, kSrcPostureAttrs };
}
namespace dns {
enum Dns : uint32_t { kMagic, kNameservers, kRoutes, kDomains };
}
namespace custom_attribute {
enum CustomAttribute : uint32_t { kType, kAllowSetByNode, kBroadcastToPeers };
}
namespace app_connector {
enum AppConnector : uint32_t { kName, kConnectors, kDomains, kRoutes, kPresetAppId };
}
}  // namespace field

}  // namespace aclc
