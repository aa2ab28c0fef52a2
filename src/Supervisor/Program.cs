using Meridian.Supervisor;

// Handle 3 is the socket that the agent listened on before it started this process.
return args is [var folder, var user, var scope] && int.TryParse(user, out var userId)
    ? new Line(folder, userId, scope).Serve(listening: 3)
    : 2;
