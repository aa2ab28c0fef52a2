using System.Security.Cryptography;
using Meridian.Datasets;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Datasets;

public sealed class DepotTicketTests : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly DepotTicket _ticket = DepotTicket.ForReading("east", new(ChunkHash.Of("x"u8)), Manifests.Noon);

    private static DateTimeOffset JustBefore => Manifests.Noon.AddSeconds(-1);

    [Fact]
    public void A_signed_ticket_says_what_was_signed_until_it_expires()
    {
        Assert.True(DepotTicket.TryVerify(_ticket.Sign(_key), _key, JustBefore, out var read, out _));
        Assert.Equal(_ticket, read);

        Assert.False(DepotTicket.TryVerify(_ticket.Sign(_key), _key, Manifests.Noon, out _, out var reason));
        Assert.Contains("expired", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_tickets_keep_their_limit_and_their_upload()
    {
        var upload = DepotTicket.ForUpload("east", "u-17", Manifests.Noon, DataSize.FromMebibytes(3));

        Assert.True(DepotTicket.TryVerify(upload.Sign(_key), _key, DateTimeOffset.MinValue, out var read, out _));
        Assert.Equal(upload, read);
    }

    [Fact]
    public void Any_altered_character_makes_a_ticket_void()
    {
        var text = _ticket.Sign(_key);
        for (var index = 0; index < text.Length; index++)
        {
            var altered = text.ToCharArray();
            altered[index] = altered[index] == 'A' ? 'B' : 'A';

            // The last character of a part has bits that mean nothing; what it decodes to is still what was signed.
            if (DepotTicket.TryVerify(new(altered), _key, DateTimeOffset.MinValue, out var read, out _))
                Assert.Equal(_ticket, read);
            else
                Assert.Null(read);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a.b")]
    [InlineData("a.b.c")]
    [InlineData("!!!.???")]
    public void What_is_not_a_ticket_is_refused(string? text)
    {
        Assert.False(DepotTicket.TryVerify(text, _key, DateTimeOffset.MinValue, out _, out var reason));
        Assert.NotEmpty(reason);
    }

    [Fact]
    public void Another_domain_s_signature_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Assert.False(DepotTicket.TryVerify(_ticket.Sign(other), _key, DateTimeOffset.MinValue, out _, out _));
    }

    [Fact]
    public void A_ticket_that_names_nothing_is_not_signed()
    {
        Assert.Throws<ArgumentException>(() => (_ticket with { Root = null }).Sign(_key));
        Assert.Throws<ArgumentException>(() => (_ticket with { Site = "No Site" }).Sign(_key));
    }

    public void Dispose() => _key.Dispose();
}
