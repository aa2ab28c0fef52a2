using System.Collections.Immutable;
using MemoryPack;

namespace Meridian.Domain.Data;

/// <summary>The key of a seal, encrypted so that only the agent of one node can open it.</summary>
/// <param name="For">The node.</param>
/// <param name="Text">The encrypted key in base64. No secret: only the agent's own private key opens it.</param>
[MemoryPackable]
public sealed partial record SealedKey(NodeId For, string Text);

/// <summary>
/// That a depot encrypts a part as it sends it. The key is made there and never leaves it but encrypted for one target each; what the
/// writer knows is the name of the encrypted content and those encrypted keys.
/// </summary>
/// <param name="Root">The content.</param>
/// <param name="By">The depot that encrypts.</param>
/// <param name="Name">The encrypted content, as relays know it; empty until the depot has said.</param>
/// <param name="Keys">The key, encrypted for nodes of the targets.</param>
[MemoryPackable]
public sealed partial record TransferSeal(ContentRoot Root, NodeId By, ContentRoot Name, ImmutableArray<SealedKey> Keys)
{
    /// <summary>The most nodes of a target's site that get the key, so that another of them can take a target's place.</summary>
    public const int KeyCountOfSiteMax = 4;

    /// <summary>Whether the depot has said how it calls the encrypted content.</summary>
    [MemoryPackIgnore]
    public bool IsMade => Name.Value.Length > 0;

    /// <summary>A seal that is to be made.</summary>
    public static TransferSeal ToMake(ContentRoot root, NodeId by) => new(root, by, new(""), []);

    /// <summary>The key for the node, or nothing.</summary>
    public SealedKey? KeyFor(NodeId node) => Keys.FirstOrDefault(k => k.For == node);
}
