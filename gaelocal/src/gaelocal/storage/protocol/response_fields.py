"""The fields of each response of the JSON API, as the discovery document of storage v1 lists them."""

from gaelocal.storage.protocol.partial_response import Mask, parsed_mask
from gaelocal.storage.state.errors import Invalid

_TEAM = "projectTeam(projectNumber,team)"
_GRANT = f"bucket,domain,email,entity,entityId,etag,id,kind,{_TEAM},role,selfLink"
_OBJECT_GRANT = f"{_GRANT},generation,object"
_OBJECT = (
    f"acl({_OBJECT_GRANT}),bucket,cacheControl,componentCount,contentDisposition,contentEncoding,"
    "contentLanguage,contentType,contexts(custom(*)),crc32c,customTime,"
    "customerEncryption(encryptionAlgorithm,keySha256),etag,eventBasedHold,generation,hardDeleteTime,id,kind,"
    "kmsKeyName,md5Hash,mediaLink,metadata(*),metageneration,name,owner(entity,entityId),restoreToken,"
    "retention(mode,retainUntilTime),retentionExpirationTime,selfLink,size,softDeleteTime,storageClass,"
    "temporaryHold,timeCreated,timeDeleted,timeFinalized,timeStorageClassUpdated,updated"
)
_CONDITION = (
    "age,createdBefore,customTimeBefore,daysSinceCustomTime,daysSinceNoncurrentTime,isLive,matchesPattern,"
    "matchesPrefix,matchesStorageClass,matchesSuffix,noncurrentTimeBefore,numNewerVersions,sizeAboveBytes,"
    "sizeBelowBytes"
)
_ENFORCEMENTS = ",".join(
    f"{kind}EncryptionEnforcementConfig(effectiveTime,restrictionMode)"
    for kind in ("customerManaged", "customerSupplied", "googleManaged")
)
_PLACE = "customPlacementConfig(dataLocations),hierarchicalNamespace(enabled),kind,location,locationType"
_BUCKET = (
    f"acl({_GRANT}),autoclass(enabled,terminalStorageClass,terminalStorageClassUpdateTime,toggleTime),"
    "billing(requesterPays),cors(maxAgeSeconds,method,origin,responseHeader),defaultEventBasedHold,"
    f"defaultObjectAcl({_OBJECT_GRANT}),encryption(defaultKmsKeyName,{_ENFORCEMENTS}),etag,generation,"
    "hardDeleteTime,iamConfiguration(bucketPolicyOnly(enabled,lockedTime),publicAccessPrevention,"
    "uniformBucketLevelAccess(enabled,lockedTime)),id,ipFilter(allowAllServiceAgentAccess,allowCrossOrgVpcs,"
    "mode,publicNetworkSource(allowedIpCidrRanges),vpcNetworkSources(allowedIpCidrRanges,network)),labels(*),"
    f"lifecycle(rule(action(storageClass,type),condition({_CONDITION}))),logging(logBucket,logObjectPrefix),"
    "metageneration,name,objectRetention(mode),owner(entity,entityId),projectNumber,"
    "retentionPolicy(effectiveTime,isLocked,retentionPeriod),rpo,satisfiesPZI,satisfiesPZS,selfLink,"
    "softDeletePolicy(effectiveTime,retentionDurationSeconds),softDeleteTime,storageClass,timeCreated,updated,"
    f"versioning(enabled),website(mainPageSuffix,notFoundPage),{_PLACE}"
)
_MANAGED_FOLDER = "bucket,createTime,id,kind,metageneration,name,selfLink,updateTime"
_FOLDER = f"{_MANAGED_FOLDER},pendingRenameInfo(operationId)"
_KEY = "accessId,etag,id,kind,projectId,selfLink,serviceAccountEmail,state,timeCreated,updated"
_NOTIFICATION = (
    "custom_attributes(*),etag,event_types,id,kind,object_name_prefix,payload_format,selfLink,topic"
)
_OPERATION = "done,error(code,details(*),message),kind,metadata(*),name,response(*),selfLink"
_POLICY = (
    "bindings(condition(description,expression,location,title),members,role),etag,kind,resourceId,version"
)
_PERMISSIONS = "kind,permissions"


def _page(item: str, more: str = "kind,nextPageToken") -> str:
    return f"items({item}),{more}"


_LISTS = {
    "b": _page(_BUCKET, "kind,nextPageToken,unreachable"),
    "b/*/o": _page(_OBJECT, "kind,nextPageToken,prefixes"),
    "b/*/acl": _page(_GRANT, "kind"),
    "b/*/defaultObjectAcl": _page(_OBJECT_GRANT, "kind"),
    "b/*/o/*/acl": _page(_OBJECT_GRANT, "kind"),
    "b/*/folders": _page(_FOLDER),
    "b/*/managedFolders": _page(_MANAGED_FOLDER),
    "b/*/notificationConfigs": _page(_NOTIFICATION, "kind"),
    "projects/*/hmacKeys": _page(_KEY),
}
_SINGLE = {
    **dict.fromkeys(("b", "b/*", "b/*/restore", "b/*/lockRetentionPolicy"), _BUCKET),
    "b/*/storageLayout": f"bucket,{_PLACE}",
    **dict.fromkeys(("b/*/o", "b/*/o/*", "b/*/o/*/restore", "b/*/o/*/compose"), _OBJECT),
    **dict.fromkeys(("b/*/o/*/copyTo/b/*/o/*", "b/*/o/*/moveTo/o/*"), _OBJECT),
    "b/*/o/*/rewriteTo/b/*/o/*": (
        f"done,kind,objectSize,resource({_OBJECT}),rewriteToken,totalBytesRewritten"
    ),
    **dict.fromkeys(("b/*/acl", "b/*/acl/*"), _GRANT),
    **dict.fromkeys(("b/*/defaultObjectAcl", "b/*/defaultObjectAcl/*"), _OBJECT_GRANT),
    **dict.fromkeys(("b/*/o/*/acl", "b/*/o/*/acl/*"), _OBJECT_GRANT),
    "b/*/iam": _POLICY,
    **dict.fromkeys(("b/*/iam/testPermissions", "b/*/o/*/iam/testPermissions"), _PERMISSIONS),
    **dict.fromkeys(("b/*/folders", "b/*/folders/*"), _FOLDER),
    "b/*/folders/*/renameTo/folders/*": _OPERATION,
    **dict.fromkeys(("b/*/managedFolders", "b/*/managedFolders/*"), _MANAGED_FOLDER),
    **dict.fromkeys(("b/*/notificationConfigs", "b/*/notificationConfigs/*"), _NOTIFICATION),
    "projects/*/serviceAccount": "email_address,kind",
    "projects/*/hmacKeys": f"kind,metadata({_KEY}),secret",
    "projects/*/hmacKeys/*": _KEY,
}


def demand_fields(mask_text: str, method: str, pattern: str) -> None:
    """Refuse a selection that names a field which the response to this call never has.

    Raises:
        Invalid: it does, or the selection is malformed.
    """
    mask = parsed_mask(mask_text)
    fields = (_LISTS.get(pattern) if method == "GET" else None) or _SINGLE.get(pattern)
    if fields and method != "DELETE":
        _demand(mask, parsed_mask(fields))


def _demand(mask: Mask, known: Mask) -> None:
    if "*" in known:
        return
    for name, below in mask.items():
        if name not in ("*", *known):
            raise Invalid(
                f"Invalid field selection {name[:100]}", reason="invalidParameter", location="fields"
            )
        if name != "*":
            _demand(below, known[name])
