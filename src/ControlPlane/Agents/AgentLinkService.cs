using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Meridian.ControlPlane.Security;
using Meridian.ControlPlane.Writer;
using Meridian.Domain;
using Meridian.Domain.Sites;
using Meridian.Primitives;
using Meridian.Protocol.Agents;

namespace Meridian.ControlPlane.Agents;

/// <summary>What a line needs of the control plane.</summary>
public sealed record AgentLinkServices(
    IDomain Domain, AgentSessions Sessions, AttemptLogs Logs, FetchBook Fetches, ExchangeBook Exchanges, IDepotTickets Tickets, PathMeters Paths, CircuitReports Circuits, TimeProvider Time, WriterOptions Writer)
{
    /// <summary>How long an agent may go on alone.</summary>
    public TimeSpan Lease => Writer.Lease;
}

/// <summary>Where agents enrol, renew and connect.</summary>
public sealed class AgentLinkService(AgentLinkServices services, Authority authority) : AgentLink.AgentLinkBase
{
    /// <summary>How often an agent may come back with an expired certificate before it must join anew.</summary>
    public const int ComebackCountMax = 20;

    private static readonly TimeSpan ProofAgeMax = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    public override Task<AuthorityReply> ReadAuthority(AuthorityRequest request, ServerCallContext context) =>
        Task.FromResult(new AuthorityReply { Authority = ByteString.CopyFrom(authority.Root.RawData) });

    /// <inheritdoc/>
    public override async Task<Certificate> Enrol(EnrolRequest request, ServerCallContext context)
    {
        if (!JoinTokenText.TryRead(request.Token, out var secret, out var site))
            throw AgentRefusals.Of(StatusCode.InvalidArgument, Reason.Of("not-a-join-token"), context);

        var signing = request.SigningRequest.ToByteArray();
        var thumbprint = Guarded(() => Authority.ThumbprintOf(signing), context);
        var decision = await services.Domain.ExecuteAsync(
            new EnrolNode(secret, site, request.Pool, request.Driver, request.Node, thumbprint), context.CancellationToken);
        if (decision.Fault is { } fault)
            throw AgentRefusals.Of(StatusCode.PermissionDenied, fault, context);
        return Sign(signing, new NodeId($"{site}/{request.Pool}/{request.Node}"), context);
    }

    /// <inheritdoc/>
    public override async Task<Certificate> Renew(RenewRequest request, ServerCallContext context)
    {
        var signing = request.SigningRequest.ToByteArray();
        var thumbprint = Guarded(() => Authority.ThumbprintOf(signing), context);
        var node = new NodeId(request.AgentId);
        if (!services.Domain.Latest.State.Sites.Nodes.TryGetValue(node, out var known) || known.State == NodeState.Banned)
            throw AgentRefusals.Of(StatusCode.PermissionDenied, Fault.Of("node-banned", node), context);
        if (!string.Equals(known.KeyThumbprint, thumbprint, StringComparison.Ordinal))
            throw AgentRefusals.Of(StatusCode.PermissionDenied, Reason.Of("other-key", node), context);
        if (AgentOf(context) == node)
            return Sign(signing, node, context);

        // No certificate in force. The signing request proves the key; the signed time bounds a replay.
        var age = services.Time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(request.UnixSeconds);
        if (age.Duration() > ProofAgeMax || !ProvesKey(request, signing))
            throw AgentRefusals.Of(StatusCode.PermissionDenied, Reason.Of("bad-proof"), context);
        var decision = await services.Domain.ExecuteAsync(new ComeBack(node, ComebackCountMax), context.CancellationToken);
        if (decision.Fault is { } fault)
            throw AgentRefusals.Of(StatusCode.PermissionDenied, fault, context);
        return Sign(signing, node, context);
    }

    /// <inheritdoc/>
    public override async Task Connect(
        IAsyncStreamReader<FromAgent> requestStream, IServerStreamWriter<ToAgent> responseStream, ServerCallContext context)
    {
        if (AgentOf(context) is not { } node)
            throw AgentRefusals.Of(StatusCode.Unauthenticated, Reason.Of("no-certificate"), context);
        if (!services.Domain.Latest.State.Sites.Nodes.TryGetValue(node, out var known) || known.State == NodeState.Banned)
            throw AgentRefusals.Of(StatusCode.PermissionDenied, Fault.Of("node-banned", node), context);

        var session = new AgentSession(node, services, responseStream, AgentRefusals.LanguageOf(context)) { PublicKey = PublicKeyOf(context) };
        services.Sessions.Open(session);
        try
        {
            await session.RunAsync(requestStream, context.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The other side went away, or the server stops.
        }
        catch (IOException)
        {
            // The line broke: the agent dials again.
        }
        finally
        {
            if (services.Sessions.Close(session))
                services.Circuits.ForgetSegments(node);
        }
    }

    private NodeId? AgentOf(ServerCallContext context) =>
        context.GetHttpContext().Connection.ClientCertificate is { } shown && authority.AgentOf(shown) is { } agent
            ? new NodeId(agent)
            : null;

    private static string PublicKeyOf(ServerCallContext context) =>
        Convert.ToBase64String(context.GetHttpContext().Connection.ClientCertificate!.PublicKey.ExportSubjectPublicKeyInfo());

    private Certificate Sign(byte[] signingRequest, NodeId node, ServerCallContext context)
    {
        using var signed = Guarded(() => authority.SignAgent(signingRequest, node.Value), context);
        return new()
        {
            AgentId = node.Value,
            Certificate_ = ByteString.CopyFrom(signed.RawData),
            Authority = ByteString.CopyFrom(authority.Root.RawData),
        };
    }

    private static bool ProvesKey(RenewRequest request, byte[] signingRequest)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(signingRequest));
        var text = $"renew|{request.AgentId}|{request.UnixSeconds}|{digest}";
        var key = CertificateRequest.LoadSigningRequest(
            signingRequest, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.Default).PublicKey.GetECDsaPublicKey();
        return key?.VerifyData(System.Text.Encoding.UTF8.GetBytes(text), request.Proof.ToByteArray(), HashAlgorithmName.SHA256) == true;
    }

    private static T Guarded<T>(Func<T> read, ServerCallContext context)
    {
        try
        {
            return read();
        }
        catch (CryptographicException)
        {
            throw AgentRefusals.Of(StatusCode.InvalidArgument, Reason.Of("bad-signing-request"), context);
        }
    }
}
