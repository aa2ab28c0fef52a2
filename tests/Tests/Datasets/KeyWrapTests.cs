using System.Security.Cryptography;
using Meridian.Datasets;
using Xunit;

namespace Meridian.Tests.Datasets;

public sealed class KeyWrapTests
{
    private static readonly DatasetSeal Seal = new(Enumerable.Range(0, 32).Select(number => (byte)number).ToArray());

    private static readonly KeyWay Way = new("east/default/a", "west/default/b", new(ChunkHash.Of("sealed"u8)));

    [Fact]
    public void The_one_for_whom_a_key_was_wrapped_opens_it_and_nobody_else()
    {
        using var once = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var target = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var relay = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

        var wrapped = KeyWrap.Wrap(Seal, once, target.PublicKey, Way);

        Assert.Equal(KeyWrap.WrappedBytes, wrapped.Length);
        Assert.Equal(-1, wrapped.AsSpan().IndexOf(Seal.Secret));
        Assert.Equal(Seal.Secret.ToArray(), KeyWrap.TryUnwrap(wrapped, target, Way)!.Secret.ToArray());
        Assert.Null(KeyWrap.TryUnwrap(wrapped, relay, Way));
    }

    [Fact]
    public void A_key_that_was_wrapped_for_another_way_opens_nothing()
    {
        using var once = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var target = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var wrapped = KeyWrap.Wrap(Seal, once, target.PublicKey, Way);

        Assert.Null(KeyWrap.TryUnwrap(wrapped, target, Way with { From = "east/default/x" }));
        Assert.Null(KeyWrap.TryUnwrap(wrapped, target, Way with { To = "west/default/x" }));
        Assert.Null(KeyWrap.TryUnwrap(wrapped, target, Way with { Content = new(ChunkHash.Of("other"u8)) }));
    }

    [Fact]
    public void A_wrapped_key_of_which_any_byte_was_changed_opens_nothing()
    {
        using var once = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var target = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var wrapped = KeyWrap.Wrap(Seal, once, target.PublicKey, Way);

        for (var index = 0; index < wrapped.Length; index++)
        {
            wrapped[index] ^= 1;
            Assert.Null(KeyWrap.TryUnwrap(wrapped, target, Way));
            wrapped[index] ^= 1;
        }

        Assert.Null(KeyWrap.TryUnwrap(wrapped.AsSpan(1), target, Way));
    }
}
